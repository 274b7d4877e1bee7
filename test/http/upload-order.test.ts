import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { compileMapper } from "../../src/engine/mapper.js";
import { testApp } from "./test-app.js";

const project = join(import.meta.dirname, "..", "..");
const read = (...path: string[]) => readFileSync(join(project, ...path), "utf8");
const models = ["blood_pressure", "body_temperature", "body_weight", "encounter", "pulse"];

it("Files may be uploaded in any order: until the models are there a mapping call names them and the line of the context", async () => {
  const { app } = await testApp({ compile: compileMapper });
  onTestFinished(() => app.close());
  const post = (url: string, type: string, payload: string) =>
    app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
  const map = () => post("/openfhir/toopenehr", "application/fhir+json", read("test/examples/vital-signs/bundle.json"));

  expect(
    (await post("/fc/context", "application/x-yaml", read("mappings/vital_signs/vital_signs.context.yml"))).statusCode,
  ).toBe(200);
  expect((await post("/opt", "application/xml", read("templates/vital_signs.opt"))).statusCode).toBe(200);
  const early = await map();
  expect(early.statusCode).toBe(400);
  expect(early.body).toMatch(
    /^vital_signs\.context:\d+:\d+: .*None of the models of this context is stored: .*`OBSERVATION\.blood_pressure\.v2\.vital_signs`/,
  );

  for (const model of models)
    await post("/fc/model", "application/x-yaml", read(`mappings/vital_signs/${model}.model.yml`));
  expect((await map()).statusCode).toBe(200);
});
