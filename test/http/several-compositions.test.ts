import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { compileMapper } from "../../src/engine/mapper.js";
import { type TestApp, testApp } from "./test-app.js";

const root = new URL("../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), "utf8");

describe("a Bundle of which each Observation is a composition of its own", () => {
  let testing: TestApp;
  const post = (url: string, type: string, payload: string) =>
    testing.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });

  beforeAll(async () => {
    testing = await testApp({
      compile: (source) => Object.assign(compileMapper(source), { startsApart: "Observation" }),
    });
    await post("/opt", "application/xml", text("templates/vital_signs.opt"));
    const files = readdirSync(new URL("mappings/vital_signs", root)).sort().reverse();
    for (const file of files) {
      const kind = file.includes(".context.") ? "context" : "model";
      await post(`/fc/${kind}`, "application/x-yaml", text(`mappings/vital_signs/${file}`));
    }
    return () => testing.app.close();
  });

  const bundle = text("test/examples/vital-signs/bundle.json");

  it("is answered with one composition, and a warning that they share it", async () => {
    const answer = await post("/toopenehr", "application/fhir+json", bundle);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()._type).toBe("COMPOSITION");
    expect(answer.headers.warning).toMatch(/^199 causeway "\d+ resources of type Observation share one composition/);
  });

  it("is answered with all of them when all=true asks for them, without a warning", async () => {
    const answer = await post("/toopenehr?all=true", "application/fhir+json", bundle);
    const { results } = answer.json();
    expect(results.length).toBeGreaterThan(1);
    expect(results.map(({ entries }: { entries: string[] }) => entries.length)).toEqual(results.map(() => 1));
    expect(answer.headers.warning).toBeUndefined();
  });
});
