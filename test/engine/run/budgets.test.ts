import { describe, expect, it } from "vitest";
import { StepBudget } from "../../../src/engine/run/step-budget.js";
import {
  firstBodyLine,
  multiplyingModels,
  toFlat,
  toResource,
  type WardModel,
  wardMapper,
  wardPlan,
} from "../fixtures/ward-mapper.js";

const wide = (count: number) => Array.from({ length: count }, () => ({ text: "x" }));
const note = "$archetype/data[at0001]/items[at0002]";
const isNotT = (list: string) =>
  `{ targetRoot: "$resource.${list}", targetAttribute: id, operator: "not of", criteria: t }`;

describe("slots that would not end", () => {
  it("are refused when they multiply, with file, line and rule", () => {
    expect(() => wardMapper(...multiplyingModels)).toThrow(
      expect.objectContaining({
        code: "MAPPING_NOT_COMPILED",
        message: expect.stringContaining("more than 50000 steps"),
        place: expect.objectContaining({
          mapping: expect.stringMatching(/#[34]$/),
          rule: expect.stringMatching(/^s\d+$/),
          position: expect.objectContaining({ file: expect.stringMatching(/#[34].yml$/) }),
        }),
      }),
    );
  });

  const calling = (own: string, path: string, other: string): WardModel => ({
    name: own,
    type: "Condition",
    body: `mappings:
  - { name: code, with: { fhir: "$resource.code.text", openehr: "${note}" } }
  - { name: on, with: { fhir: "$fhirRoot", openehr: "${path}" }, slotArchetype: ${other} }`,
  });

  it.each([
    ["the same node", "$archetype"],
    ["a node that the template does not have", "$archetype/data[at0001]/items[at0099]"],
  ])("are cut when they call each other on %s, and what they map is mapped", (_, path) => {
    const mapper = wardMapper(
      calling("EVALUATION.problem.v1", path, "EVALUATION.other.v1"),
      calling("EVALUATION.other.v1", path, "EVALUATION.problem.v1"),
    );
    const circular = mapper.diagnostics.filter(({ code }) => code === "MAPPING_SLOT_CIRCULAR");
    expect(circular).toEqual([
      expect.objectContaining({
        severity: "warning",
        rule: "on",
        position: expect.objectContaining({ line: firstBodyLine + 2 }),
      }),
    ]);
    expect(toFlat(mapper, { resourceType: "Condition", code: { text: "fever" } })).toEqual({
      "ward/problem:0/diagnosis|other": "fever",
    });
  });
});

describe("a run that would not end", () => {
  it("is stopped in a FHIRPath that grows, with file, line and rule", () => {
    const mapper = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - name: grown
    unidirectional: fhir->openehr
    with: { fhir: "$resource.category.select(%context.category.select(%context.category)).text", openehr: "${note}" }`,
    });
    const place = {
      mapping: "EVALUATION.problem.v1",
      rule: "grown",
      position: expect.objectContaining({ file: "EVALUATION.problem.v1.yml", line: firstBodyLine + 1 }),
    };
    expect(() => toFlat(mapper, { resourceType: "Condition", category: wide(200) })).toThrow(
      expect.objectContaining({ code: "FHIR_PATH_TOO_EXPENSIVE", place: expect.objectContaining(place) }),
    );
  });

  it.each([
    ["paths", `$resource.component.where(code.text = 't').code`, ""],
    ["conditions", "$fhirRoot", `, fhirCondition: [${["category", "note"].map(isNotT).join(", ")}]`],
  ])(
    "is stopped when %s search the resource for each of many elements, with file, line and rule",
    (_, fhir, condition) => {
      const many = wide(4000);
      const target = "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0006]";
      const mapper = wardMapper({
        name: "OBSERVATION.pulse.v1",
        type: "Observation",
        body: `mappings:
  - name: component
    with: { fhir: "$resource.component", openehr: "${target}", type: NONE }
    followedBy: { mappings: [{ name: search, with: { fhir: "${fhir}", openehr: "$archetype", type: NONE }${condition} }] }`,
      });
      expect(() =>
        toFlat(mapper, { resourceType: "Observation", component: many, category: many, note: many }),
      ).toThrow(
        expect.objectContaining({
          code: "FHIR_PATH_TOO_EXPENSIVE",
          place: expect.objectContaining({
            rule: "component.search",
            position: expect.objectContaining({ line: firstBodyLine + 3 }),
          }),
        }),
      );
    },
  );

  it.each([
    ["to openEHR", "fhir->openehr"],
    ["to FHIR", "openehr->fhir"],
  ])("is stopped when a list is read for each member of a list, %s, with file, line and rule", (_, direction) => {
    const readings = "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0006]";
    const ends = {
      "fhir->openehr": `{ fhir: "$resource.component", openehr: "$archetype", type: NONE }`,
      "openehr->fhir": `{ fhir: "$fhirRoot", openehr: "${readings.replace("at0006", "at0005")}", type: NONE }`,
    }[direction];
    const mapper = wardMapper({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - name: component
    with: { fhir: "$resource.component", openehr: "${readings}", type: NONE }
    followedBy: { mappings: [{ name: all, unidirectional: "${direction}", with: ${ends} }] }`,
    });
    const event = "ward/pulse/any_event:0";
    const numbers = Array.from({ length: 1500 }, (_, at) => at);
    const flat = Object.fromEntries(
      numbers.flatMap((at) => [
        [`${event}/reading:${at}/note:0`, "x"],
        [`${event}/remark:${at}`, "x"],
      ]),
    );
    const run = () =>
      direction === "openehr->fhir"
        ? toResource(mapper, flat)
        : toFlat(mapper, { resourceType: "Observation", component: wide(1500) });
    expect(run).toThrow(
      expect.objectContaining({
        code: "MAPPING_TOO_EXPENSIVE",
        place: expect.objectContaining({
          rule: "component.all",
          position: expect.objectContaining({ line: firstBodyLine + 3 }),
        }),
      }),
    );
  });

  it("is stopped when its steps are spent, with file, line and rule", () => {
    const { plan } = wardPlan([
      {
        name: "EVALUATION.problem.v1",
        type: "Condition",
        body: `mappings:\n  - { name: code, with: { fhir: "$resource.code", openehr: "${note}" } }`,
      },
    ]);
    const step = plan.start[0]?.steps[0];
    if (step === undefined) throw new Error("the model has one method");
    const budget = new StepBudget(2);
    budget.spend(step);
    budget.spend(step);
    expect(() => budget.spend(step)).toThrow(
      expect.objectContaining({ code: "MAPPING_TOO_EXPENSIVE", place: { ...step.source } }),
    );
  });
});
