import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { compileMapper } from "../../src/engine/mapper.js";
import { type TestApp, testApp } from "./test-app.js";

const root = new URL("../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), "utf8");
const bundle = text("test/examples/vital-signs/bundle.json");

describe("a resource that is not as FHIR has it", () => {
  let testing: TestApp;
  const post = (url: string, type: string, payload: string) =>
    testing.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
  const map = (payload: string, query = "") => post(`/openfhir/toopenehr${query}`, "application/fhir+json", payload);

  beforeAll(async () => {
    testing = await testApp({ compile: (source) => compileMapper(source) });
    await post("/opt", "application/xml", text("templates/vital_signs.opt"));
    const files = readdirSync(new URL("mappings/vital_signs", root)).sort().reverse();
    for (const file of files) {
      const kind = file.includes(".context.") ? "context" : "model";
      await post(`/fc/${kind}`, "application/x-yaml", text(`mappings/vital_signs/${file}`));
    }
    return () => testing.app.close();
  });

  const misspelt = bundle.replaceAll('"valueQuantity"', '"valueQuantitty"');

  it("is mapped with a warning that names each unknown member, and none of their values", async () => {
    const { headers, statusCode } = await map(misspelt);
    expect(statusCode).toBe(200);
    expect(headers.warning).toMatch(
      /^199 causeway "FHIR R4 has no element called so, .*: Bundle\.entry\[0\]\.resource.*\.valueQuantitty \(nearest: valueQuantity\)/,
    );
    expect(headers.warning).not.toContain("mm[Hg]");
  });

  it("is mapped with a warning of what has another shape", async () => {
    const { headers, statusCode } = await map(bundle.replace('"status": "final"', '"status": 1'));
    expect(statusCode).toBe(200);
    expect(headers.warning).toMatch(
      /asks for another shape, .*\.status \(a text of type code expected, a number found\)"$/,
    );
  });

  it("is warned of by all contexts alike", async () => {
    expect((await map(misspelt, "?all=true")).headers.warning).toContain("valueQuantitty");
  });

  it("is warned of also where nothing is left to map", async () => {
    const { headers, statusCode } = await map(
      JSON.stringify({ resourceType: "Bundle", entry: [{ resouce: { resourceType: "Observation" } }] }),
      "?templateId=vital_signs",
    );
    expect(statusCode).toBe(400);
    expect(headers.warning).toContain("Bundle.entry[0].resouce (nearest: resource)");
  });

  it("is mapped without a word when it is right", async () => {
    expect((await map(bundle)).headers).not.toHaveProperty("warning");
    expect((await map(bundle, "?all=true")).headers).not.toHaveProperty("warning");
  });
});
