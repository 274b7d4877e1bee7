import { describe, expect, it } from "vitest";
import { StepBudget } from "../../../src/engine/run/step-budget.js";
import { firstBodyLine, toFlat, wardMapper, wardPlan } from "../fixtures/ward-mapper.js";

const wide = (count: number) => Array.from({ length: count }, () => ({ text: "x" }));
const note = "$archetype/data[at0001]/items[at0002]";

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
