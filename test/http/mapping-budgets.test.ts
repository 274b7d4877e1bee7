import { describe, expect, it, onTestFinished } from "vitest";
import { compileMapperPiecewise, type MapperSource } from "../../src/engine/mapper.js";
import { inSlices } from "../../src/event-loop/slices.js";
import type { JsonObject } from "../../src/fhir/json.js";
import { multiplyingModels, type WardModel, wardContextText, wardModelText } from "../engine/fixtures/ward-mapper.js";
import { wardTemplateXml } from "../engine/fixtures/ward-template.js";
import { testApp } from "./test-app.js";

const items = "$archetype/data[at0001]/items";

function problem(body: string): WardModel {
  return { name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${body}` };
}

/** The app with the ward template and models, the first of which starts. */
async function wardApp(...models: readonly WardModel[]) {
  const { app } = await testApp({ compile: (source: MapperSource) => inSlices(compileMapperPiecewise(source)) });
  onTestFinished(() => app.close());
  const put = async (url: string, type: string, payload: string) => {
    const answer = await app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
    expect(answer.statusCode, answer.body).toBe(200);
  };
  await put("/opt", "application/xml", wardTemplateXml());
  for (const model of models) await put("/fc/model", "application/yaml", wardModelText(model));
  await put("/fc/context", "application/yaml", wardContextText(models.map(({ name }) => name)));
  const map = (payload: JsonObject | string) =>
    app.inject({
      method: "POST",
      url: "/openfhir/toopenehr?templateId=Ward&flat=true",
      headers: { "content-type": "application/json" },
      payload,
    });
  return { app, map };
}

describe("a mapping that costs too much", () => {
  it("by slots that multiply is refused with code, file, line and rule, while others are answered", async () => {
    const { app, map } = await wardApp(...multiplyingModels);
    const order: string[] = [];
    const mapping = map({ resourceType: "Condition" }).finally(() => order.push("mapping"));
    const others = ["/fc/model", "/fc/context", "/opt"].map((url) =>
      app.inject({ url }).finally(() => order.push("other")),
    );
    const [refused, ...answered] = await Promise.all([mapping, ...others]);
    expect(answered.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(order.at(-1)).toBe("mapping");
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toMatch(/^EVALUATION\.problem\.v1#[34]:\d+:\d+ \(rule s\d+\): .*\[MAPPING_NOT_COMPILED\]$/m);
  });

  it("by slots that call each other is mapped as far as it goes", async () => {
    const calling = (own: string, other: string): WardModel => ({
      name: own,
      type: "Condition",
      body: `mappings:
  - { name: code, with: { fhir: "$resource.code.text", openehr: "${items}[at0002]" } }
  - { name: on, with: { fhir: "$fhirRoot", openehr: "$archetype" }, slotArchetype: ${other} }`,
    });
    const { map } = await wardApp(
      calling("EVALUATION.problem.v1", "EVALUATION.other.v1"),
      calling("EVALUATION.other.v1", "EVALUATION.problem.v1"),
    );
    const answer = await map({ resourceType: "Condition", code: { text: "fever" } });
    expect([answer.statusCode, answer.json()]).toEqual([200, { "ward/problem:0/diagnosis|other": "fever" }]);
  });

  it("by a list read for each member of a list is refused with code, file, line and rule, and the next call is answered", async () => {
    const { map } = await wardApp(
      problem(`  - { name: code, with: { fhir: "$resource.code.text", openehr: "${items}[at0002]" } }
  - name: stage
    unidirectional: fhir->openehr
    with: { fhir: "$resource.stage", openehr: "$archetype", type: NONE }
    followedBy: { mappings: [{ name: all, with: { fhir: "$resource.stage", openehr: "$archetype", type: NONE } }] }`),
    );
    const refused = await map({ resourceType: "Condition", stage: Array.from({ length: 1500 }, () => ({ id: "s" })) });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toMatch(/^EVALUATION\.problem\.v1:16:\d+ \(rule stage\.all\): .*\[MAPPING_TOO_EXPENSIVE\]$/m);
    const next = await map({ resourceType: "Condition", code: { text: "fever" } });
    expect([next.statusCode, next.json()]).toEqual([200, { "ward/problem:0/diagnosis|other": "fever" }]);
  });

  it("by a FHIRPath that grows is refused with code, file, line and rule, and the next call is answered", async () => {
    const { map } = await wardApp(
      problem(`  - { name: code, with: { fhir: "$resource.code.text", openehr: "${items}[at0002]" } }
  - name: grown
    unidirectional: fhir->openehr
    with: { fhir: "$resource.category.select(%context.category.select(%context.category)).text", openehr: "${items}[at0008]" }`),
    );
    const category = Array.from({ length: 200 }, () => ({ text: "x" }));
    const refused = await map({ resourceType: "Condition", category });
    expect(refused.statusCode).toBe(413);
    expect(refused.body).toMatch(/^EVALUATION\.problem\.v1:13:5 \(rule grown\): .*\[FHIR_PATH_TOO_EXPENSIVE\]$/m);
    const next = await map({ resourceType: "Condition", code: { text: "fever" } });
    expect([next.statusCode, next.json()]).toEqual([200, { "ward/problem:0/diagnosis|other": "fever" }]);
  });
});

describe("numbers that stand directly on the resource", () => {
  it("keep their digits on the way to openEHR", async () => {
    const { map } = await wardApp({
      name: "EVALUATION.problem.v1",
      type: "ChargeItem",
      body: `mappings:\n  - { name: x, with: { fhir: "$resource.factorOverride", openehr: "${items}[at0008]" } }`,
    });
    const answer = await map(`{"resourceType":"ChargeItem","factorOverride":100.10}`);
    expect(answer.body).toContain("100.10");
  });
});
