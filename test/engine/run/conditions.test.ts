import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { toFlat, toResource, toResources, type WardModel, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const event = "$archetype/data[at0001]/events[at0002]";
const items = "$archetype/data[at0001]";

function pulse(body: string): WardModel {
  return { name: "OBSERVATION.pulse.v1", type: "Observation", body };
}

function problem(body: string): WardModel {
  return { name: "EVALUATION.problem.v1", type: "Condition", body };
}

/** Codings of `code`, guarded, as remarks; the status beside them so that something is always mapped. */
function codingMapper(condition: string) {
  return wardMapper(
    pulse(`mappings:
  - { name: always, with: { fhir: "$resource.method.text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }
  - name: coding
    with: { fhir: "$resource.code.coding.display", openehr: "${event}/data[at0003]/items[at0005]" }
    fhirCondition: ${condition}`),
  );
}

const resource: JsonObject = {
  resourceType: "Observation",
  status: "final",
  method: { text: "M" },
  code: {
    coding: [
      { system: "urn:a", code: "1", display: "one" },
      { system: "urn:b", code: "2", display: "two" },
      { system: "urn:a", code: "3", display: "three" },
    ],
  },
};

/** The remarks that a condition leaves. */
function remarks(condition: string, input = resource): readonly unknown[] {
  const flat = toFlat(codingMapper(condition), input);
  expect(flat["ward/context/report_id"]).toBe("M");
  return Object.entries(flat).flatMap(([path, value]) => (path.includes("remark") ? [value] : []));
}

describe("a FHIR condition", () => {
  it("keeps the elements above the mapped ones that satisfy it", () => {
    const condition = `{ targetRoot: "$resource.code.coding", targetAttribute: system, operator: "one of", criteria: "urn:a" }`;
    expect(remarks(condition)).toEqual(["one", "three"]);
  });

  it("drops those that have one of the criteria after `not of`", () => {
    const condition = `{ targetRoot: "$resource.code.coding", targetAttribute: code, operator: "not of", criteria: ["1", "3"] }`;
    expect(remarks(condition)).toEqual(["two"]);
  });

  it("compares a whole Coding, CodeableConcept or Identifier by its codes or value", () => {
    const whole = (root: string, attribute: string, operator: string, criteria: string) =>
      remarks(
        `{ targetRoot: "${root}", targetAttribute: ${attribute}, operator: "${operator}", criteria: "${criteria}" }`,
        { ...resource, identifier: [{ value: "ID-7" }] },
      );
    expect(whole("$resource.code", "coding", "one of", "2")).toEqual(["one", "two", "three"]);
    expect(whole("$resource.code", "coding", "not of", "2")).toEqual([]);
    expect(whole("$resource", "code", "one of", "3")).toEqual(["one", "two", "three"]);
    expect(whole("$resource", "identifier", "one of", "ID-7")).toEqual(["one", "two", "three"]);
    expect(whole("$resource", "identifier", "one of", "ID-8")).toEqual([]);
  });

  it.each(["$resource", "$fhirRoot"])("at the top of a model looks at its resource from %s", (root) => {
    const mapped = (criterion: string) =>
      remarks(`{ targetRoot: "${root}", targetAttribute: status, operator: "one of", criteria: "${criterion}" }`);
    expect(mapped("final")).toEqual(["one", "two", "three"]);
    expect(mapped("amended")).toEqual([]);
  });

  it("takes `value` behind a primitive for the primitive", () => {
    const mapper = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - name: status
    with: { fhir: "$resource.recordedDate", openehr: "$archetype/data[at0001]/items[at0003]" }
    manual:
      - name: active
        openehr: [{ path: defining_code/code_string, value: at0030 }]
        fhirCondition: { targetRoot: $fhirRoot, targetAttribute: value, operator: one of, criteria: "2024" }`,
    });
    const resource = { resourceType: "Condition", recordedDate: "2024" };
    expect(mapper.diagnostics.map(({ code }) => code)).not.toContain("FHIR_ELEMENT_UNKNOWN");
    expect(toFlat(mapper, resource)).toEqual({ "ward/problem:0/status|code": "at0030" });
    expect(() => toFlat(mapper, { ...resource, recordedDate: "2023" })).toThrow();
  });

  it("keeps nothing when nothing satisfies it", () => {
    const condition = `{ targetRoot: "$resource.code.coding", targetAttribute: system, operator: "one of", criteria: "urn:c" }`;
    expect(remarks(condition)).toEqual([]);
  });

  it("looks at the value of the element itself without an attribute", () => {
    const condition = `{ targetRoot: "$resource.code.coding.display", operator: "one of", criteria: ["two", "three"] }`;
    expect(remarks(condition)).toEqual(["two", "three"]);
  });

  it("holds together with the others when there are several", () => {
    const condition = `
      - { targetRoot: "$resource.code.coding", targetAttribute: system, operator: "one of", criteria: "urn:a" }
      - { targetRoot: "$resource.code.coding", targetAttribute: code, operator: "not of", criteria: "1" }`;
    expect(remarks(condition)).toEqual(["three"]);
  });

  it.each([
    [`"not empty"`, 3],
    ["empty", 0],
  ])("asks with %s whether something is there", (operator, count) => {
    const condition = `{ targetRoot: "$resource", targetAttribute: status, operator: ${operator} }`;
    expect(remarks(condition)).toHaveLength(count);
  });

  it("finds an absent attribute empty", () => {
    const condition = `{ targetRoot: "$resource", targetAttribute: issued, operator: empty }`;
    expect(remarks(condition)).toHaveLength(3);
  });

  it("asks at its root whether something is there, wherever that stands beside the path of its method", () => {
    const kept = (root: string, attribute: string, operator: string, input: JsonObject): boolean =>
      remarks(`{ targetRoot: "${root}", targetAttribute: "${attribute}", operator: "${operator}" }`, input).length > 0;
    const below = ["$resource.code.coding.display", "extension.url"] as const;
    const beside = ["$resource.bodySite", "text"] as const;
    const extended = {
      ...resource,
      bodySite: { text: "wrist" },
      code: { coding: [{ display: "one", _display: { extension: [{ url: "urn:e", valueString: "e" }] } }] },
    };
    for (const [root, attribute] of [below, beside]) {
      expect(kept(root, attribute, "not empty", extended)).toBe(true);
      expect(kept(root, attribute, "empty", extended)).toBe(false);
      expect(kept(root, attribute, "not empty", resource)).toBe(false);
      expect(kept(root, attribute, "empty", resource)).toBe(true);
    }
  });

  it("finds its attributes on any of several elements", () => {
    const condition = `{ targetRoot: "$resource.note", targetAttributes: [text, time], operator: "not empty" }`;
    expect(remarks(condition, { ...resource, note: [{ text: "calm" }, { time: "2020" }] })).not.toEqual([]);
    expect(remarks(condition, { ...resource, note: [{ text: "calm" }] })).toEqual([]);
  });

  it("never compares another element than its method maps, as today's engine", () => {
    const beside = (operator: string) =>
      remarks(
        `{ targetRoot: "$resource.bodySite", targetAttribute: display, operator: "${operator}", criteria: one }`,
        { ...resource, bodySite: { text: "one" } },
      );
    expect(beside("one of")).toEqual([]);
    expect(beside("not of")).toEqual(["one", "two", "three"]);
    const root = `{ targetRoot: "bodySite", targetAttribute: extension.url, operator: "not of", criteria: "urn:e" }`;
    expect(remarks(root, { ...resource, bodySite: { text: "one" } })).toEqual(["one", "two", "three"]);
  });

  it("asks for all of its attributes", () => {
    const condition = `{ targetRoot: "$resource", targetAttributes: [status, issued], operator: "not empty" }`;
    expect(remarks(condition)).toEqual([]);
    const absent = `{ targetRoot: "$resource", targetAttributes: [issued, status], operator: empty }`;
    expect(remarks(absent)).toEqual([]);
  });

  it("guards the children of its method as well", () => {
    const mapper = wardMapper(
      pulse(`mappings:
  - name: component
    with: { fhir: "$resource.component", openehr: "${event}/data[at0003]/items[at0006]", type: NONE }
    fhirCondition: { targetRoot: "$resource.component", targetAttribute: "code.coding.code", operator: "one of", criteria: deep }
    followedBy: { mappings: [ { name: depth, with: { fhir: "value.ofType(Quantity)", openehr: "items[at0008]" } } ] }`),
    );
    const component = (code: string, value: number) => ({
      code: { coding: [{ code }] },
      valueQuantity: { value, code: "mm" },
    });
    const input = {
      resourceType: "Observation",
      component: [component("flat", 1), component("deep", 2), component("deep", 3)],
    };
    expect(toFlat(mapper, input)).toEqual({
      "ward/pulse/any_event:0/reading:0/depth|magnitude": 2,
      "ward/pulse/any_event:0/reading:0/depth|unit": "mm",
      "ward/pulse/any_event:0/reading:1/depth|magnitude": 3,
      "ward/pulse/any_event:0/reading:1/depth|unit": "mm",
    });
  });

  it("is not looked at on the way to FHIR", () => {
    const mapper = codingMapper(
      `{ targetRoot: "$resource.code.coding", targetAttribute: system, operator: "one of", criteria: "urn:a" }`,
    );
    expect(toResource(mapper, { "ward/pulse/any_event:0/remark:0": "r" })).toMatchObject({
      code: { coding: [{ display: "r" }] },
    });
  });
});

/** Diagnoses with a status; the condition decides on the diagnosis. */
function problemMapper(condition: string) {
  return wardMapper(
    problem(`preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "$archetype" }, split: { fhir: { create: resource } } }
mappings:
  - { name: always, with: { fhir: "$resource.onset", openehr: "${items}/items[at0004]" } }
  - name: diagnosis
    with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" }
    openehrCondition: ${condition}`),
  );
}

const problems = {
  ...status(0, "at0030", "Active"),
  ...status(1, "at0031", "Resolved"),
  "ward/problem:0/onset": "2024-01-01T10:00:00",
  "ward/problem:1/onset": "2024-01-02T10:00:00",
  "ward/problem:0/diagnosis|other": "first",
  "ward/problem:1/diagnosis|other": "second",
};

function status(at: number, code: string, value: string): JsonObject {
  const path = `ward/problem:${at}/status`;
  return { [`${path}|code`]: code, [`${path}|value`]: value, [`${path}|terminology`]: "local" };
}

/** Text of the code of each resource; null where the condition has left it out. */
function diagnoses(condition: string, flat: JsonObject = problems): readonly unknown[] {
  return toResources(problemMapper(condition), flat).map(({ code }) => (code as JsonObject | undefined)?.text ?? null);
}

describe("an openEHR condition", () => {
  const code = `targetRoot: "${items}/items[at0003]", targetAttribute: "defining_code/code_string"`;

  it("decides in each occurrence by what stands in that one", () => {
    expect(diagnoses(`{ ${code}, operator: "one of", criteria: at0030 }`)).toEqual(["first", null]);
    expect(diagnoses(`{ ${code}, operator: "one of", criteria: [at0030, at0031] }`)).toEqual(["first", "second"]);
  });

  it("leaves out what has one of the criteria after `not of`", () => {
    expect(diagnoses(`{ ${code}, operator: "not of", criteria: at0030 }`)).toEqual([null, "second"]);
  });

  it("compares whole codes", () => {
    expect(diagnoses(`{ ${code}, operator: "one of", criteria: at003 }`)).toEqual([null, null]);
  });

  it("asks whether something is there", () => {
    const flat = Object.fromEntries(
      Object.entries(problems).filter(([path]) => !path.startsWith("ward/problem:1/status")),
    );
    const present = `targetRoot: "$archetype", targetAttribute: "data[at0001]/items[at0003]"`;
    expect(diagnoses(`{ ${present}, operator: "not empty" }`, flat)).toEqual(["first", null]);
    expect(diagnoses(`{ ${present}, operator: empty }`, flat)).toEqual([null, "second"]);
  });

  it("takes a data value that has lost all its members for none", () => {
    const present = `targetRoot: "$archetype", targetAttribute: "data[at0001]/items[at0004]"`;
    const [composition] = problemMapper(`{ ${present}, operator: empty }`).readComposition(problems, wardSettings);
    const text = JSON.stringify(composition)
      .replace(/"value":"2024-01-02T10:00:00",?/, "")
      .replace(/,}/g, "}");
    const without = JSON.parse(text) as JsonObject;
    expect(diagnoses(`{ ${present}, operator: "not empty" }`, without)).toEqual(["first"]);
    expect(diagnoses(`{ ${present}, operator: empty }`, without)).toEqual([null, "second"]);
  });

  it("never finds a value in an attribute that the template does not have", () => {
    const missing = `targetRoot: "$archetype", targetAttribute: "data[at0099]/items[at0003]"`;
    expect(diagnoses(`{ ${missing}, operator: "not empty" }`)).toEqual([null, null]);
    expect(diagnoses(`{ ${missing}, operator: "one of", criteria: at0030 }`)).toEqual([null, null]);
    expect(diagnoses(`{ ${missing}, operator: empty }`)).toEqual(["first", "second"]);
  });

  it("looks at the type of the value", () => {
    const flat = {
      ...problems,
      "ward/problem:0/diagnosis|code": "c",
      "ward/problem:0/diagnosis|value": "first",
      "ward/problem:0/diagnosis|terminology": "urn:s",
    };
    delete (flat as JsonObject)["ward/problem:0/diagnosis|other"];
    const type = `targetRoot: "${items}/items[at0002]", operator: type`;
    expect(diagnoses(`{ ${type}, criteria: DV_CODED_TEXT }`, flat)).toEqual(["first", null]);
    expect(diagnoses(`{ ${type}, criteria: DV_TEXT }`, flat)).toEqual([null, "second"]);
  });

  it("is not looked at on the way to openEHR", () => {
    const mapper = problemMapper(`{ ${code}, operator: "one of", criteria: at0030 }`);
    expect(toFlat(mapper, { resourceType: "Condition", code: { text: "first" } })).toEqual({
      "ward/problem:0/diagnosis|other": "first",
    });
  });
});

describe("a condition on a whole file", () => {
  const mapper = wardMapper(
    problem(`preprocessor:
  fhirCondition: { targetRoot: "$resource", targetAttribute: "code.coding.code", operator: "not of", criteria: draft }
  openehrCondition: { targetRoot: "$archetype", targetAttribute: "data[at0001]/items[at0004]", operator: "not empty" }
  hierarchy: { with: { fhir: "$resource", openehr: "$archetype" }, split: { fhir: { create: resource } } }
mappings:
  - { name: code, with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" } }`),
  );
  const condition = (code: string) => ({ resourceType: "Condition", code: { text: code, coding: [{ code }] } });

  it("chooses the resources of a Bundle that are mapped", () => {
    const entry = ["draft", "done", "draft", "more"].map((code) => ({ resource: condition(code) }));
    const flat = toFlat(mapper, { resourceType: "Bundle", entry });
    expect(flat["ward/problem:0/diagnosis|code"]).toBe("done");
    expect(flat["ward/problem:1/diagnosis|code"]).toBe("more");
    expect(flat).not.toHaveProperty("ward/problem:2/diagnosis|code");
  });

  it("lets a single resource pass that satisfies it, and refuses one that does not", () => {
    expect(toFlat(mapper, condition("done"))["ward/problem:0/diagnosis|code"]).toBe("done");
    expect(() => toFlat(mapper, condition("draft"))).toThrowError(
      expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }),
    );
  });

  it("chooses the occurrences of a composition that are mapped", () => {
    const { "ward/problem:0/onset": _without, ...flat } = problems;
    expect(toResources(mapper, flat).map(({ code }) => (code as JsonObject).text)).toEqual(["second"]);
  });
});
