import { beforeAll, describe, expect, it } from "vitest";
import { bundle, type VitalSignsApp, vitalSignsApp } from "./vital-signs-app.js";

describe("a resource that is not as FHIR has it", () => {
  let testing: VitalSignsApp;
  const post = (url: string, type: string, payload: string) => testing.send("POST", url, type, payload);
  const map = (payload: string, query = "") => post(`/openfhir/toopenehr${query}`, "application/fhir+json", payload);

  beforeAll(async () => {
    testing = await vitalSignsApp();
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
    const { body, headers, statusCode } = await map(
      JSON.stringify({ resourceType: "Bundle", entry: [{ resouce: { resourceType: "Observation" } }] }),
      "?templateId=vital_signs",
    );
    expect(statusCode).toBe(400);
    expect(headers.warning).toContain("Bundle.entry[0].resouce (nearest: resource)");
    expect(body).toMatch(/^Nothing of the Bundle was mapped/);
    expect(body).toMatch(/\nFHIR R4 has no element called so: Bundle\.entry\[0\]\.resouce \(nearest: resource\)\./);
  });

  it("is mapped without a word when it is right", async () => {
    expect((await map(bundle)).headers).not.toHaveProperty("warning");
    expect((await map(bundle, "?all=true")).headers).not.toHaveProperty("warning");
  });
});
