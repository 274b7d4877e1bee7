import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../src/openehr/building/complete-composition.js";
import { exampleComposition } from "../../../src/openehr/example/example-composition.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { readCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import { compositionToFlat } from "../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../src/openehr/formats/flat/flat-reader.js";
import { compositionToStructured, readStructured } from "../../../src/openehr/formats/structured/structured.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { CONSTRAINT_KINDS } from "./constraint-kinds/constraint-kinds.js";
import {
  compositionOfValue,
  element,
  elementOf,
  templateOfItems,
  templateOfValue,
  VALUE,
} from "./small-validation-template.js";

const now = (): string => "2026-11-21T10:30:00";

/** A template in which the constraint is mandatory, so that the smallest example has it. */
function mandatory(values: string): Template {
  return templateOfItems(element("at0002", values, "<occurrences><lower>1</lower><upper>2</upper></occurrences>"));
}

function plain(composition: RmObject): unknown {
  return JSON.parse(JSON.stringify(writeCanonicalJson(composition)));
}

describe("a constraint of every kind", () => {
  it.each(CONSTRAINT_KINDS)("$name: passes what keeps to it, and finds one thing wrong with what does not", (kind) => {
    const template = templateOfValue(kind.values);
    expect(validateComposition(compositionOfValue(template, kind.kept), template)).toEqual([]);
    const findings = validateComposition(compositionOfValue(template, kind.broken), template);
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual([[kind.rule, `${VALUE}${kind.below ?? ""}`]]);
  });

  it.each(CONSTRAINT_KINDS)("$name: has valid examples that come back from all formats", ({ values }) => {
    const template = mandatory(values);
    const extent = fc.constantFrom("minimal" as const, "maximal" as const, "random" as const);
    fc.assert(
      fc.property(extent, fc.nat(), (chosen, seed) => {
        const composition = exampleComposition(template, { extent: chosen, now, seed });
        expect(validateComposition(composition, template)).toEqual([]);
        expect(readCanonicalJson(plain(composition))).toEqual(composition);
        expect(readCanonicalXml(writeCanonicalXml(composition))).toEqual(composition);
        const leftOut: string[] = [];
        const flat = compositionToFlat(composition, template, (path) => leftOut.push(path));
        const fromFlat = completeComposition(readFlat(flat, template, { now }), { now });
        const structured = compositionToStructured(composition, template);
        const fromStructured = completeComposition(readStructured(structured, template, { now }), { now });
        expect(plain(fromStructured)).toEqual(plain(fromFlat));
        if (leftOut.length === 0) expect(plain(fromFlat)).toEqual(plain(composition));
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  it.each(CONSTRAINT_KINDS)("$name: takes a null flavour for the value", ({ values }) => {
    const template = mandatory(values);
    const flavour: RmObject = {
      _type: "DV_CODED_TEXT",
      value: "unknown",
      defining_code: {
        _type: "CODE_PHRASE",
        terminology_id: { _type: "TERMINOLOGY_ID", value: "openehr" },
        code_string: "253",
      },
    };
    const composition = compositionOfValue(template, { _type: "DV_TEXT", value: "x" });
    const [evaluation] = composition.content as RmObject[];
    (evaluation?.data as RmObject).items = [{ ...elementOf(undefined), null_flavour: flavour }];
    expect(validateComposition(composition, template)).toEqual([]);
  });
});
