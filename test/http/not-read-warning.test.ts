import { beforeAll, describe, expect, it } from "vitest";
import { readCanonicalJson } from "../../src/openehr/formats/canonical-json.js";
import { writeCanonicalXml } from "../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import { composition, type VitalSignsApp, vitalSignsApp } from "./vital-signs-app.js";

describe("a canonical composition with something that openEHR does not have", () => {
  let testing: VitalSignsApp;
  const post = (url: string, type: string, payload: string) => testing.send("POST", url, type, payload);

  beforeAll(async () => {
    testing = await vitalSignsApp();
    return () => testing.app.close();
  });

  it("is mapped with a warning that names each of them, and none of their values", async () => {
    const { headers, statusCode } = await post(
      "/openfhir/tofhir",
      "application/json",
      composition.replace('"magnitude": 142', '"magnitud": 142'),
    );
    expect(statusCode).toBe(200);
    expect(headers.warning).toMatch(
      /^199 causeway "openEHR has no attribute .*: \$\.content\[0\].*\.value\.magnitud"$/,
    );
    expect(headers.warning).not.toContain("142");
  });

  const xml = writeCanonicalXml(readCanonicalJson(JSON.parse(composition)));
  const warningOfXml = async (url: string, sought: string, replacement: string) => {
    expect(xml).toContain(sought);
    const { headers, statusCode } = await post(url, "application/xml", xml.replace(sought, replacement));
    expect(statusCode).toBe(200);
    return headers.warning;
  };

  it.each([
    ["an element", "<magnitude>142", "<magnitud>1</magnitud><magnitude>142", "magnitud"],
    ["an XML attribute", "<magnitude>142", '<magnitude unit="x">142', "magnitude/@unit"],
    ["text beside elements", "<magnitude>142", "stray<magnitude>142", "text()"],
  ])("is mapped from XML with a warning that names %s", async (_, sought, replacement, name) => {
    const warning = await warningOfXml("/openfhir/tofhir", sought, replacement);
    expect(warning).toMatch(/^199 causeway "openEHR has no attribute .*: \/content\[.*\/value\/.*"$/);
    expect(warning).toContain(`/value/${name}"`);
  });

  it("is mapped from FLAT with a warning that names what a null flavour stands for", async () => {
    const { payload: flat } = await post(
      "/opt/vital_signs/convert?from=canonical&to=flat",
      "application/json",
      composition,
    );
    const document = JSON.parse(flat);
    const key = Object.keys(document).find((name) => name.endsWith("|magnitude")) ?? "";
    document[key.replace("|magnitude", "/_null_flavour|code")] = "253";
    const { headers, statusCode } = await post("/openfhir/tofhir", "application/json", JSON.stringify(document));
    expect(statusCode).toBe(200);
    expect(headers.warning).toContain(`"a null flavour stands in its place, not taken over: ${key}, `);
  });

  it("is converted from XML with the same warning", async () => {
    const warning = await warningOfXml(
      "/opt/vital_signs/convert?from=xml&to=canonical",
      "<magnitude>142",
      "<magnitud>1</magnitud><magnitude>142",
    );
    expect(warning).toContain("/value/magnitud");
  });

  it("is converted from JSON with the same warning", async () => {
    const { headers } = await post(
      "/opt/vital_signs/convert?from=canonical&to=xml",
      "application/json",
      composition.replace('"magnitude": 142', '"magnitud": 1, "magnitude": 142'),
    );
    expect(headers.warning).toContain(".value.magnitud");
  });

  it("is mapped from XML without a word when it is right", async () => {
    expect((await post("/openfhir/tofhir", "application/xml", xml)).headers).not.toHaveProperty("warning");
  });

  it("is mapped without a word when they are all known, in whatever order, or follow from the rest", async () => {
    const { headers } = await post("/openfhir/tofhir", "application/json", composition);
    expect(headers).not.toHaveProperty("warning");
    const offset = composition.replace('"_type": "POINT_EVENT",', '"_type": "POINT_EVENT", "offset": {},');
    expect(offset).not.toBe(composition);
    expect((await post("/openfhir/tofhir", "application/json", offset)).headers).not.toHaveProperty("warning");
  });
});
