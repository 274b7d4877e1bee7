import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { toFlat, toResource, wardMapper } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]";

function problemMapper(mappings: string, header?: string) {
  return wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:\n${mappings}`,
    ...(header !== undefined && { header }),
  });
}

/** A table of constants: one row for each state. */
const states = problemMapper(`  - name: status
    with: { fhir: "$resource.clinicalStatus.coding.code", openehr: "${items}/items[at0003]" }
    manual:
${[
  ["active", "at0030", "Active"],
  ["resolved", "at0031", "Resolved"],
]
  .map(
    ([fhir, code, text]) => `      - name: ${fhir}
        fhir: [{ path: "", value: ${fhir} }]
        openehrCondition: { targetRoot: "$openehrRoot", targetAttribute: "defining_code/code_string", operator: "one of", criteria: ${code} }
        openehr:
          - { path: "defining_code/terminology_id", value: local }
          - { path: "defining_code/code_string", value: ${code} }
          - { path: value, value: ${text} }
        fhirCondition: { targetRoot: "$fhirRoot", operator: "one of", criteria: ${fhir} }`,
  )
  .join("\n")}`);

function flatStatus(code: string, value: string): JsonObject {
  const path = "ward/problem:0/status";
  return { [`${path}|code`]: code, [`${path}|value`]: value, [`${path}|terminology`]: "local" };
}

const rows = [
  ["active", "at0030", "Active"],
  ["resolved", "at0031", "Resolved"],
] as const;

describe("a table of constants", () => {
  it.each(rows)("writes the FHIR constant of the row that holds: %s", (fhir, code, text) => {
    expect(toResource(states, flatStatus(code, text))).toEqual({
      resourceType: "Condition",
      clinicalStatus: { coding: [{ code: fhir }] },
    });
  });

  it.each(rows)("makes one value of the openEHR constants of the row that holds: %s", (fhir, code, text) => {
    const resource = { resourceType: "Condition", clinicalStatus: { coding: [{ code: fhir }] } };
    expect(toFlat(states, resource)).toEqual(flatStatus(code, text));
  });

  it("writes nothing when no row holds", () => {
    const resource = { resourceType: "Condition", clinicalStatus: { coding: [{ code: "unknown" }] } };
    expect(() => toFlat(states, resource)).toThrowError(expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }));
  });
});

describe("an openEHR constant", () => {
  it.each([
    ["at0005", "True", "confirmed", true],
    ["at0005", "false", "confirmed", false],
    ["at0006", "4", "episodes", 4],
    ["at0007", "2024-01-02", "abatement", "2024-01-02"],
    ["at0004", "2024-01-02T10:00:00", "onset", "2024-01-02T10:00:00"],
    ["at0008, 'Left'", "words", "left", "words"],
  ])("takes the type of its place: %s = %s", (node, text, name, value) => {
    const mapper = problemMapper(`  - name: constant
    with: { fhir: "$resource.code", openehr: "${items}/items[${node}]" }
    manual: [{ name: m, openehr: [{ path: "", value: "${text}" }] }]`);
    expect(toFlat(mapper, { resourceType: "Condition", code: { text: "x" } })).toEqual({
      [`ward/problem:0/${name}`]: value,
    });
  });

  it("is not written on the way to FHIR", () => {
    const mapper = problemMapper(`  - name: diagnosis
    with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" }
  - name: constant
    with: { fhir: "$resource.note.text", openehr: "${items}/items[at0008, 'Left']" }
    manual: [{ name: m, openehr: [{ path: "", value: words }] }]`);
    expect(toResource(mapper, { "ward/problem:0/diagnosis|other": "x" })).toEqual({
      resourceType: "Condition",
      code: { text: "x" },
    });
  });

  it.each([
    ["its method", `    unidirectional: "openehr->fhir"\n`, undefined],
    ["its file", "", `  unidirectional: "openehr->fhir"`],
  ])("is not written when %s runs to FHIR only", (_, key, header) => {
    const mapper = problemMapper(
      `  - name: constant
    with: { fhir: "$resource.code", openehr: "${items}/items[at0008, 'Left']" }
${key}    manual: [{ name: m, openehr: [{ path: "", value: words }] }]`,
      header,
    );
    const resource = { resourceType: "Condition", code: { text: "x" } };
    expect(() => toFlat(mapper, resource)).toThrowError(expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }));
  });
});

describe("a FHIR constant", () => {
  it("is written once for each occurrence of its method", () => {
    const mapper = wardMapper({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - name: reading
    with: { fhir: "$resource.component", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0006]" }
    manual: [{ name: m, fhir: [{ path: "code.text", value: Reading }] }]
    followedBy: { mappings: [{ name: depth, with: { fhir: "value.ofType(Quantity)", openehr: "items[at0008]" } }] }`,
    });
    const depth = (at: number) => ({
      [`ward/pulse/any_event:0/reading:${at}/depth|magnitude`]: at,
      [`ward/pulse/any_event:0/reading:${at}/depth|unit`]: "mm",
    });
    const { component } = toResource(mapper, { ...depth(0), ...depth(1), ...depth(2) });
    expect(component).toMatchObject(
      [0, 1, 2].map((value) => ({ code: { text: "Reading" }, valueQuantity: { value } })),
    );
  });

  it("is not written for a method whose openEHR node is not there", () => {
    const mapper = problemMapper(`  - name: diagnosis
    with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" }
  - name: onset
    with: { fhir: "$resource.stage", openehr: "${items}/items[at0004]" }
    manual: [{ name: m, fhir: [{ path: "summary.text", value: staged }] }]`);
    expect(toResource(mapper, { "ward/problem:0/diagnosis|other": "x" })).not.toHaveProperty("stage");
    expect(toResource(mapper, { "ward/problem:0/onset": "2024-01-01T10:00:00" })).toHaveProperty("stage");
  });

  it("is written without an openEHR side where its model runs", () => {
    const mapper = problemMapper(`  - name: diagnosis
    with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" }
  - name: meta
    with: { fhir: "$resource.meta" }
    manual: [{ name: m, fhir: [{ path: profile, value: "urn:profile" }] }]`);
    expect(toResource(mapper, { "ward/problem:0/diagnosis|other": "x" })).toMatchObject({
      meta: { profile: ["urn:profile"] },
    });
  });

  it("shares the element of its method with the other constants of its entry", () => {
    const mapper = problemMapper(`  - name: category
    with: { fhir: "$resource.category.coding", openehr: "${items}/items[at0002]" }
    manual: [{ name: m, fhir: [{ path: system, value: "urn:s" }, { path: code, value: c }, { path: display, value: D }] }]`);
    expect(toResource(mapper, { "ward/problem:0/diagnosis|other": "x" })).toMatchObject({
      category: [{ coding: [{ system: "urn:s", code: "c", display: "D" }] }],
    });
  });

  it("is not read on the way to openEHR", () => {
    const mapper = problemMapper(`  - name: diagnosis
    with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" }
  - name: side
    with: { fhir: "$resource.category", openehr: "${items}/items[at0008, 'Left']" }
    manual: [{ name: m, fhir: [{ path: text, value: fixed }] }]`);
    const resource = { resourceType: "Condition", code: { text: "x" }, category: [{ text: "read" }] };
    expect(toFlat(mapper, resource)).toEqual({ "ward/problem:0/diagnosis|other": "x" });
  });
});

describe("a constant for a choice element", () => {
  const extension = (constant: string) =>
    problemMapper(`  - { name: code, with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" } }
  - name: extension
    with: { fhir: "$resource.extension" }
    manual:
      - { name: extension, fhir: [{ path: url, value: "urn:kind" }, { path: value, value: ${constant} }] }`);

  it("is a string when the element's first type takes no text", () => {
    const flat = { "ward/problem:0/diagnosis|other": "fever" };
    expect(toResource(extension("chronic"), flat).extension).toEqual([{ url: "urn:kind", valueString: "chronic" }]);
  });
});

describe("a path into the extensions of a primitive", () => {
  const mapper =
    problemMapper(`  - { name: onset, with: { fhir: "$resource.onset.as(DateTime)", openehr: "${items}/items[at0004]" } }
  - { name: recorded, with: { fhir: "$resource.recordedDate", openehr: "${items}/items[at0004]" } }
  - name: kind
    with: { fhir: "$resource.recordedDate.extension" }
    manual:
      - { name: extension, fhir: [{ path: url, value: "urn:kind" }, { path: value, value: estimated }] }`);

  it("leaves the value beside them", () => {
    expect(toResource(mapper, { "ward/problem:0/onset": "2024-05-01T10:00:00" })).toMatchObject({
      recordedDate: "2024-05-01T10:00:00+02:00",
      _recordedDate: { extension: [{ url: "urn:kind", valueString: "estimated" }] },
    });
  });
});
