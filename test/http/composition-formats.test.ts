import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { compileMapper } from "../../src/engine/mapper.js";
import { readCanonicalJson } from "../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../src/openehr/formats/canonical-json-writer.js";
import { readCanonicalXml } from "../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import { flatToStructured } from "../../src/openehr/formats/structured/flat-to-structured.js";
import { compositionToStructured } from "../../src/openehr/formats/structured/structured.js";
import { parseOperationalTemplate } from "../../src/openehr/template/parse-operational-template.js";
import { type TestApp, testApp } from "./test-app.js";

const root = new URL("../../", import.meta.url);
const template = parseOperationalTemplate(text("templates/vital_signs.opt"));
const composition = JSON.parse(text("test/examples/vital-signs/composition.json"));
const expected = JSON.parse(text("test/examples/vital-signs/bundle-from-composition.json"));

describe("POST /tofhir takes a composition in every format", () => {
  let testing: TestApp;

  beforeAll(async () => {
    testing = await testApp({ compile: compileMapper });
    await post("/opt", "application/xml", text("templates/vital_signs.opt"));
    const files = readdirSync(new URL("mappings/vital_signs", root));
    for (const [kind, ending] of [
      ["model", ".model.yml"],
      ["context", ".context.yml"],
    ]) {
      for (const file of files.filter((name) => name.endsWith(`${ending}`))) {
        await post(`/fc/${kind}`, "application/x-yaml", text(`mappings/vital_signs/${file}`));
      }
    }
    return () => testing.app.close();
  });

  const post = (url: string, type: string, payload: string) =>
    testing.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });

  it.each(["application/xml", "text/xml; charset=utf-8"])("as canonical XML sent as %s", async (type) => {
    const answer = await post("/tofhir", type, writeCanonicalXml(readCanonicalJson(composition)));
    expect([answer.statusCode, answer.json()]).toEqual([200, expected]);
  });

  it("as canonical XML of one content item, for the template that is named", async () => {
    const observation = readCanonicalJson(composition.content[0]);
    const asXml = await post("/tofhir?templateId=vital_signs", "application/xml", writeCanonicalXml(observation));
    const asJson = await post(
      "/tofhir?templateId=vital_signs",
      "application/json",
      JSON.stringify(composition.content[0]),
    );
    expect(asXml.statusCode).toBe(200);
    expect(asXml.json()).toEqual(asJson.json());
  });

  it("as STRUCTURED, which names its template by its first member", async () => {
    const structured = compositionToStructured(readCanonicalJson(composition), template);
    const answer = await post("/tofhir", "application/json", JSON.stringify(structured));
    expect([answer.statusCode, answer.json()]).toEqual([200, expected]);
  });

  it("as a list of canonical compositions, behind any white space", async () => {
    const answer = await post("/tofhir", "application/json", `\n  ${JSON.stringify([composition, composition])}`);
    expect(answer.json().entry).toEqual([...expected.entry, ...expected.entry]);
  });

  it("with ids for its resources, the same each time, when they are asked for", async () => {
    const uid = { _type: "OBJECT_VERSION_ID", value: "8849182c-82ad-4088-a07f-48ead4180515::vital.example.org::1" };
    const body = JSON.stringify({ ...composition, uid });
    const answers = await Promise.all([1, 2].map(() => post("/tofhir?ids=deterministic", "application/json", body)));
    const [first, second] = answers.map((answer) => answer.json());
    const ids = first.entry.map(({ resource }: { resource: { id: string } }) => resource.id);
    expect(new Set(ids).size).toBe(expected.entry.length);
    expect(second).toEqual(first);
  });

  it("but makes no ids for a composition without uid, nor in a way nobody knows", async () => {
    const without = await post(
      "/tofhir?ids=deterministic",
      "application/json",
      JSON.stringify({ ...composition, uid: undefined }),
    );
    const unknown = await post("/tofhir?ids=random", "application/json", JSON.stringify(composition));
    expect([without.statusCode, without.body]).toEqual([400, expect.stringMatching(/\[COMPOSITION_WITHOUT_UID\]/)]);
    expect(unknown.statusCode).toBe(400);
  });

  it("says where XML stops being XML", async () => {
    const answer = await post("/tofhir", "application/xml", "<composition>\n<name></composition>");
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringMatching(/\[CANONICAL_XML_INVALID\]/)]);
  });

  it("refuses XML whose class the reference model lacks", async () => {
    const answer = await post("/tofhir", "application/xml", "<invoice/>");
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringMatching(/\[CANONICAL_XML_ROOT_UNKNOWN\]/)]);
  });

  it("refuses a list of FLAT objects and a body that is only blanks", async () => {
    const list = await post(
      "/tofhir",
      "application/json",
      text("test/examples/vital-signs/composition.flat.json").replace(/^/, "[").concat("]"),
    );
    const blank = await post("/tofhir", "application/xml", "  ");
    expect([list.statusCode, blank.statusCode]).toEqual([400, 400]);
    expect(list.body).toMatch(/one by one/);
  });

  it("and with all=true says which entries each context mapped and which nobody did", async () => {
    const bundle = JSON.parse(text("test/examples/vital-signs/bundle.json"));
    const body = { ...bundle, entry: [...bundle.entry, { resource: { resourceType: "Basic" } }] };
    const answer = await post("/toopenehr?all=true&flat=true", "application/fhir+json", JSON.stringify(body));
    const { results, leftovers } = answer.json();
    expect(answer.statusCode).toBe(200);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      templateId: "vital_signs",
      composition: JSON.parse(text("test/examples/vital-signs/composition.flat.json")),
    });
    expect(leftovers).toContainEqual({ entry: `Bundle.entry[${bundle.entry.length}]`, resourceType: "Basic" });
  });

  it("as each form that is asked for, all of the same composition", async () => {
    const bundle = text("test/examples/vital-signs/bundle.json");
    const answerIn = (form: string) => post(`/toopenehr?format=${form}`, "application/fhir+json", bundle);
    const flat = JSON.parse(text("test/examples/vital-signs/composition.flat.json"));
    expect((await answerIn("flat")).json()).toEqual(flat);
    expect((await answerIn("structured")).json()).toEqual(flatToStructured(flat));
    const xml = await answerIn("xml");
    expect(xml.headers["content-type"]).toMatch(/^application\/xml/);
    const canonical = (await answerIn("canonical")).json();
    const again = writeCanonicalJson(readCanonicalXml(xml.body)) as typeof canonical;
    expect(again.content).toEqual(canonical.content);
    expect((await answerIn("protobuf")).statusCode).toBe(400);
  });

  it("does not take XML where FHIR is expected", async () => {
    expect((await post("/toopenehr", "application/xml", "<Patient/>")).statusCode).toBe(415);
  });
});

function text(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}
