import { describe, expect, it } from "vitest";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { writeCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { validateDocument } from "../../../src/openehr/validation/validate-document.js";
import { attribute, object, occurrences, smallTemplate } from "../template/small-template.js";
import { primitive } from "./small-validation-template.js";

const settings = { now: () => "2026-11-21T10:30:00" };
const EVENT = "/content[openEHR-EHR-OBSERVATION.small.v1]/data[at0001]/events[at0002]";

/** An OBSERVATION with one repeatable event, whose `offset` has the given range. */
function templateOf(range: string): Template {
  const tree = (nodeId: string) => object("ITEM_TREE", nodeId, attribute("items", "", "C_MULTIPLE_ATTRIBUTE"));
  const note = object("ELEMENT", "at0004", attribute("value", object("DV_TEXT", "")));
  const data = object("ITEM_TREE", "at0003", attribute("items", note, "C_MULTIPLE_ATTRIBUTE"));
  const offset = range === "" ? "" : attribute("offset", primitive("DV_DURATION", "value", "C_DURATION", range));
  const event = object("EVENT", "at0002", offset + attribute("data", data), occurrences("0", "*"));
  const history = object("HISTORY", "at0001", attribute("events", event, "C_MULTIPLE_ATTRIBUTE"));
  const terms = { at0002: "Event", at0003: "Tree", at0004: "Note" };
  const xml = smallTemplate({ terms }).replaceAll("EVALUATION", "OBSERVATION");
  return parseOperationalTemplate(xml.replace(tree("at0001"), history));
}

function rangeOf(lower: string | undefined, upper: string | undefined): string {
  const bound = (side: string, value: string | undefined) =>
    value === undefined ? `<${side}_unbounded>true</${side}_unbounded>` : `<${side}>${value}</${side}>`;
  return `<range>${bound("lower", lower)}${bound("upper", upper)}</range>`;
}

function historyOf(composition: RmObject): RmObject {
  const [entry] = composition.content as RmObject[];
  return entry?.data as RmObject;
}

/** An example whose only event happens at a time. */
function compositionOf(template: Template, origin: string, time: string): RmObject {
  const composition = structuredClone(exampleComposition(template, { extent: "maximal", ...settings }));
  const history = historyOf(composition);
  const [event] = history.events as RmObject[];
  history.events = [{ ...(event as RmObject), time: { _type: "DV_DATE_TIME", value: time } }];
  history.origin = { _type: "DV_DATE_TIME", value: origin };
  return composition;
}

describe("the range of a template for the offset of events", () => {
  function findings(range: string, origin: string, time: string) {
    const template = templateOf(range);
    return validateComposition(compositionOf(template, origin, time), template).map(
      ({ rule, path, expected, found }) => [rule, path, expected, found],
    );
  }

  it.each([
    [rangeOf("PT5M", undefined), "2026-01-01T10:00:00", "2026-01-01T10:05:00"],
    [rangeOf("PT5M", "PT5M"), "2026-01-01T10:00:00Z", "2026-01-01T11:05:00+01:00"],
    [rangeOf("P1Y", undefined), "2025-01-01T10:00:00", "2026-01-01T10:00:00"],
    [rangeOf("P1M", "P1M"), "2026-02-01T10:00:00", "2026-03-01T10:00:00"],
    [rangeOf(undefined, "P1DT12H"), "2026-01-01T10:00:00", "2026-01-02T22:00:00"],
    [rangeOf("PT5M", undefined), "2026-01-01T10:00", "2026-01-01T10:01"],
    [rangeOf("PT5M", undefined), "2026-01-01T10:00:00Z", "2026-01-01T10:01:00"],
    ["", "2026-01-01T10:00:00", "2025-01-01T10:00:00"],
  ])("is kept, or nobody can tell: %s", (range, origin, time) => {
    expect(findings(range, origin, time)).toEqual([]);
  });

  it.each([
    [rangeOf("PT5M", undefined), "2026-01-01T10:04:59.5", ">= PT5M", "PT4M59.5S"],
    [rangeOf("P1M", "P1M"), "2026-01-31T10:00:00", ">= P1M", "PT720H"],
    [rangeOf(undefined, "PT1H"), "2026-01-01T11:00:01", "<= PT1H", "PT1H1S"],
    [rangeOf("PT0S", undefined), "2026-01-01T09:59:00", ">= PT0S", "-PT1M"],
  ])("is broken: %s", (range, time, expected, found) => {
    expect(findings(range, "2026-01-01T10:00:00", time)).toEqual([
      ["template-value", `${EVENT}/offset`, expected, found],
    ]);
  });
});

describe("an offset that the document writes of an event", () => {
  const template = templateOf("");
  const composition = compositionOf(template, "2026-01-01T10:00:00", "2026-01-01T10:05:00");
  const location = "/content[openEHR-EHR-OBSERVATION.small.v1, 1]/data[at0001]/events[at0002, 1]";

  function inJson(offset: unknown) {
    const document = JSON.parse(JSON.stringify(writeCanonicalJson(composition)));
    document.content[0].data.events[0].offset = offset;
    return validateDocument("canonical", document, template, settings);
  }
  const duration = (value: string) => ({ _type: "DV_DURATION", value });

  it("may be there when it follows from time and origin", () => {
    for (const value of ["PT5M", "PT300S", "PT0H5M"]) expect(inJson(duration(value))).toEqual([]);
  });

  it.each(["PT4M", "-PT5M", "P999999999999999Y", "soon"])("is reported when it does not: %s", (value) => {
    expect(inJson(duration(value))).toEqual([
      {
        rule: "rm-invariant:Offset_validity",
        path: location,
        message: "Invariant Offset_validity failed on type POINT_EVENT",
        expected: "PT5M",
        found: value,
      },
    ]);
  });

  it("is compared in canonical XML as well", () => {
    const written = (value: string) =>
      writeCanonicalXml(composition).replace(/(<events [^>]*>)/, `$1<offset><value>${value}</value></offset>`);
    expect(validateDocument("xml", written("PT5M"), template, settings)).toEqual([]);
    expect(validateDocument("xml", written("PT6M"), template, settings)).toMatchObject([
      { rule: "rm-invariant:Offset_validity", path: location, expected: "PT5M", found: "PT6M" },
    ]);
  });
});
