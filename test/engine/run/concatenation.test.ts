import { describe, expect, it } from "vitest";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import { v1Semantics } from "../../../src/engine/semantics.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import {
  firstBodyLine,
  toFlat,
  toResource,
  type WardModel,
  wardContext,
  wardModel,
  wardPlan,
} from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const items = "$archetype/data[at0001]/items";

/** A model of conditions, read as v1.0.0. */
function mapperOf(methods: string): Mapper {
  return mapperFrom([{ name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${methods}` }]);
}

function mapperFrom(models: readonly WardModel[]): Mapper {
  const mappings = models.map(wardModel);
  return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics: "v1" });
}

const left = "ward/problem:0/left";
const right = "ward/problem:0/right";

describe("a literal that `&` joins to a FHIR path", () => {
  const mapper = mapperOf(
    `  - { name: id, with: { fhir: "'urn:uid:' & $resource.identifier.value & '^^^&amp'", openehr: "${items}[at0008 and name/value='Left']" } }`,
  );

  it("is taken off on the way to openEHR and put on on the way back", () => {
    const resource = { resourceType: "Condition", identifier: [{ value: "urn:uid:17^^^&amp" }] };
    const flat = { [left]: "17" };
    expect(toFlat(mapper, resource)).toEqual(flat);
    expect(toResource(mapper, flat)).toEqual(resource);
  });

  it("leaves a text without it as it is", () => {
    expect(toFlat(mapper, { resourceType: "Condition", identifier: [{ value: "17" }] })).toEqual({
      [left]: "17",
    });
  });
});

describe("a literal that `&` joins to an openEHR path", () => {
  const mapper = mapperOf(
    `  - { name: id, with: { fhir: "$resource.code.text", openehr: "'ID ' & ${items}[at0008 and name/value='Left']" } }`,
  );

  it("is put on on the way to openEHR and taken off on the way back", () => {
    const resource = { resourceType: "Condition", code: { text: "17" } };
    const flat = { [left]: "ID 17" };
    expect(toFlat(mapper, resource)).toEqual(flat);
    expect(toResource(mapper, flat)).toEqual(resource);
  });
});

describe("several paths that `&` joins", () => {
  it("give one text to openEHR", () => {
    const mapper = mapperOf(
      `  - { name: both, unidirectional: "fhir->openehr", with: { fhir: "$resource.code.text & ' of ' & $resource.bodySite.text", openehr: "${items}[at0008 and name/value='Left']" } }`,
    );
    const resource = { resourceType: "Condition", code: { text: "fracture" }, bodySite: [{ text: "arm" }] };
    expect(toFlat(mapper, resource)).toEqual({ [left]: "fracture of arm" });
  });

  it("give one text to FHIR, in which an absent one is empty", () => {
    const mapper = mapperOf(
      `  - { name: both, unidirectional: "openehr->fhir", with: { fhir: "$resource.code.text", openehr: "${items}[at0008 and name/value='Left'] & '/' & ${items}[at0008 and name/value='Right']" } }`,
    );
    expect(toResource(mapper, { [left]: "l", [right]: "r" })).toEqual({
      resourceType: "Condition",
      code: { text: "l/r" },
    });
    expect(toResource(mapper, { [right]: "r" })).toEqual({
      resourceType: "Condition",
      code: { text: "/r" },
    });
  });
});

describe("paths joined with `&` below nodes that repeat", () => {
  const part = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";
  const event = (at: number) => `ward/pulse/any_event:${at}`;
  const joinedBy = (openehr: string) => {
    const body = `mappings:
  - { name: both, unidirectional: "openehr->fhir", with: { fhir: "$resource.note.text", openehr: "${openehr}" } }`;
    return wardPlan([{ name: "OBSERVATION.pulse.v1", type: "Observation", body }], v1Semantics);
  };
  const notes = (openehr: string, flat: JsonObject) => {
    const body = `mappings:
  - { name: both, unidirectional: "openehr->fhir", with: { fhir: "$resource.note.text", openehr: "${openehr}" } }`;
    return toResource(mapperFrom([{ name: "OBSERVATION.pulse.v1", type: "Observation", body }]), flat).note;
  };

  it("give one text for each occurrence of the innermost node that all of them share", () => {
    const flat = {
      [`${event(0)}/remark:0`]: "calm",
      [`${event(0)}/reading:0/note:0`]: "left",
      [`${event(0)}/reading:1/note:0`]: "right",
      [`${event(1)}/remark:0`]: "late",
      [`${event(1)}/reading:0/depth|magnitude`]: 2,
      [`${event(1)}/reading:0/depth|unit`]: "mm",
    };
    expect(notes(`${part}[at0006]/items[at0007] & '/' & ${part}[at0006]/items[at0008]`, flat)).toEqual([
      { text: "left/" },
      { text: "/2" },
      { text: "right/" },
    ]);
    expect(notes(`${part}[at0005] & ': ' & ${part}[at0006]/items[at0007]`, flat)).toEqual([
      { text: "calm: left" },
      { text: "late: " },
    ]);
  });

  it("stay in the occurrence of the enclosing method", () => {
    const body = `mappings:
  - name: component
    with: { fhir: "$resource.component", openehr: "${part}[at0006]" }
    followedBy:
      mappings:
        - { name: both, unidirectional: "openehr->fhir", with: { fhir: "code.text", openehr: "items[at0007] & '/' & items[at0008]" } }`;
    const mapper = mapperFrom([{ name: "OBSERVATION.pulse.v1", type: "Observation", body }]);
    const flat = { [`${event(0)}/reading:0/note:0`]: "left", [`${event(0)}/reading:1/note:0`]: "right" };
    expect(toResource(mapper, flat).component).toEqual([{ code: { text: "left/" } }, { code: { text: "right/" } }]);
  });

  it("have a warning for each part that repeats further down, with file, line and rule", () => {
    const { diagnostics } = joinedBy(`${part}[at0005] & ': ' & ${part}[at0004]`);
    expect(diagnostics.filter(({ code }) => code === "MAPPING_JOINED_PART_REPEATS")).toEqual([
      expect.objectContaining({
        severity: "warning",
        rule: "both",
        path: expect.stringContaining("items[at0005]"),
        message: expect.stringContaining('"Remark"'),
        position: expect.objectContaining({ file: "OBSERVATION.pulse.v1.yml", line: firstBodyLine + 1 }),
      }),
    ]);
  });
});

describe("what cannot be joined", () => {
  it.each([
    ["$resource.code.text & $resource.bodySite.text", `${items}[at0002]`, "FHIR_PATH_NOT_CREATABLE"],
    ["$resource.code.text", `${items}[at0002] & ' ' & ${items}[at0007]`, "MAPPING_JOINED_PATHS_WRITTEN"],
    ["'x' & $resource.subject", `${items}[at0002]`, "MAPPING_LITERAL_WITHOUT_TEXT"],
    ["$resource.code.text", `'x' & ${items}[at0004]`, "MAPPING_LITERAL_WITHOUT_TEXT"],
  ])("is refused with file, line and rule: %s, %s", (fhir, openehr, code) => {
    const body = `mappings:\n  - { name: joined, with: { fhir: "${fhir}", openehr: "${openehr}" } }`;
    const { diagnostics } = wardPlan([{ name: "EVALUATION.problem.v1", type: "Condition", body }], v1Semantics);
    const position = expect.objectContaining({ line: firstBodyLine + 1 });
    expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error", code, rule: "joined", position }));
  });
});
