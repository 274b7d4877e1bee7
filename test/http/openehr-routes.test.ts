import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApp, testApp } from "./test-app.js";

const project = join(import.meta.dirname, "..", "..");
const shippedTemplate = readFileSync(join(project, "templates/vital_signs.opt"), "utf8");
const corpus = join(project, "..", "shared", "corpus", "openehr-sdk");
const formats = ["canonical", "flat", "structured", "xml"] as const;
type Format = (typeof formats)[number];

function contentType(format: Format): Record<string, string> {
  return { "content-type": format === "xml" ? "application/xml" : "application/json" };
}

describe("what openEHR knows about a stored template, over HTTP", () => {
  let testing: TestApp;
  let templateId: string;

  beforeAll(async () => {
    testing = await testApp();
    const stored = await upload(shippedTemplate);
    templateId = stored.originalTemplateId;
  });
  afterAll(() => testing.app.close());

  const upload = async (payload: string): Promise<{ originalTemplateId: string; templateId: string }> =>
    (
      await testing.app.inject({ method: "POST", url: "/opt", headers: { "content-type": "text/xml" }, payload })
    ).json();
  const pathOf = (id: string, rest: string) => `/opt/${encodeURIComponent(id)}/${rest}`;
  const get = (rest: string, id = templateId) => testing.app.inject({ url: pathOf(id, rest) });
  const post = (rest: string, payload: string, format: Format = "canonical", id = templateId) =>
    testing.app.inject({ method: "POST", url: pathOf(id, rest), headers: contentType(format), payload });
  const example = async (format: Format = "canonical", extent = "maximal") =>
    (await get(`example?format=${format}&extent=${extent}`)).body;

  it("publishes the web template under either spelling of the template id", async () => {
    const answer = await get("webtemplate");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.json()).toMatchObject({ templateId, tree: { rmType: "COMPOSITION", min: 1, max: 1 } });
    const otherSpelling = templateId.toUpperCase().replaceAll("_", " ");
    expect((await get("webtemplate", otherSpelling)).body).toBe(answer.body);
  });

  it.each(["webtemplate", "example"])("answers 404 to %s of a template that is not stored", async (rest) => {
    const answer = await get(rest, "no such template");
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual([expect.stringContaining("[TEMPLATE_NOT_FOUND]")]);
  });

  it.each(formats.flatMap((format) => ["minimal", "maximal"].map((extent) => ({ format, extent }))))(
    "gives a $extent example in $format that is valid",
    async ({ format, extent }) => {
      const answer = await get(`example?format=${format}&extent=${extent}`);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["content-type"]).toMatch(format === "xml" ? /^application\/xml/ : /^application\/json/);
      const verdict = await post(`validate?from=${format}`, answer.body, format);
      expect(verdict.json()).toEqual({ valid: true, findings: [] });
    },
  );

  it.each(formats.flatMap((from) => formats.map((to) => ({ from, to }))))(
    "converts $from to $to and back without a difference",
    async ({ from, to }) => {
      const source = await example(from);
      const converted = await post(`convert?from=${from}&to=${to}`, source, from);
      expect(converted.statusCode).toBe(200);
      expect(converted.headers.warning).toBeUndefined();
      const back = await post(`convert?from=${to}&to=canonical`, converted.body, to);
      const direct = await post(`convert?from=${from}&to=canonical`, source, from);
      expect(back.json()).toEqual(direct.json());
    },
  );

  it("keeps the digits of numbers in canonical forms and writes doubles with a point in FLAT", async () => {
    const source = await example();
    const magnitude = /"magnitude":[\d.]+/;
    expect(source).toMatch(magnitude);
    const member = (digits: string) => new RegExp(`"magnitude":${digits.replace(".", "[.]")}[,}]`);
    for (const digits of ["65.0", "65", "100.10", "0.1000000000000000055511151231257827", "100.1"]) {
      const written = source.replace(magnitude, `"magnitude":${digits}`);
      const same = await post("convert?from=canonical&to=canonical", written);
      expect(same.body).toMatch(member(digits));
      const xml = await post("convert?from=canonical&to=xml", written);
      expect(xml.body).toContain(`<magnitude>${digits}</magnitude>`);
      const back = await post("convert?from=xml&to=canonical", xml.body, "xml");
      expect(back.body).toMatch(member(digits));
      const flat = await post("convert?from=canonical&to=flat", written);
      const double = String(Number(digits));
      expect(flat.body).toContain(`|magnitude":${double.includes(".") ? double : `${double}.0`},`);
    }
  });

  it("names what is wrong with a composition, by path and rule", async () => {
    const composition = JSON.parse(await example());
    delete composition.territory;
    const answer = await post("validate?from=canonical", JSON.stringify(composition));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      valid: false,
      findings: [{ rule: "rm-existence", message: expect.any(String) }],
    });
  });

  it("counts what the reader of a format refuses among the findings", async () => {
    const composition = JSON.parse(await example());
    composition.language = 5;
    const canonical = await post("validate?from=canonical", JSON.stringify(composition));
    expect(canonical.json()).toMatchObject({
      valid: false,
      findings: [{ path: "$.language", rule: "format:CANONICAL_VALUE_INVALID" }],
    });
    const flat = await post("validate?from=flat", JSON.stringify({ "no/such/path": 1 }), "flat");
    expect(flat.json()).toMatchObject({ valid: false, findings: [{ rule: "format:FLAT_PATH_UNKNOWN" }] });
  });

  it.each([
    ["convert?from=canonical&to=flat", "{", "canonical", /HTTP_BODY_NOT_JSON/],
    ["convert?from=canonical&to=flat", "", "canonical", /HTTP_BODY_EMPTY/],
    ["convert?from=canonical&to=flat", '{"__proto__": {"a": 1}, "_type": "COMPOSITION"}', "canonical", /__proto__/],
    ["convert?from=canonical&to=xml", '{"_type": "DV_TEXT", "value": "text"}', "canonical", /COMPOSITION_EXPECTED/],
    ["convert?from=xml&to=flat", "<a", "xml", /CANONICAL_XML_INVALID/],
    ["convert?from=xml&to=flat", "<!DOCTYPE a><a/>", "xml", /CANONICAL_XML_HAS_DOCTYPE/],
    ["validate?from=xml", "<a", "xml", /CANONICAL_XML_INVALID/],
    ["convert?from=words&to=flat", "{}", "canonical", /querystring\/from/],
    ["convert?to=flat", "{}", "canonical", /querystring\/from/],
  ] as const)("refuses %s with %s", async (rest, payload, format, reason) => {
    const answer = await post(rest, payload, format);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().join(" ")).toMatch(reason);
  });

  it("refuses FLAT of a composition that was written for another archetype", async () => {
    const other = (await example()).replaceAll(/openEHR-EHR-COMPOSITION\.[\w.-]+/g, "openEHR-EHR-COMPOSITION.other.v1");
    const answer = await post("convert?from=canonical&to=flat", other);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().join(" ")).toContain("COMPOSITION_OF_OTHER_TEMPLATE");
  });

  it("says in a Warning what the template has no place for", async () => {
    const composition = JSON.parse(await example());
    composition.content.push({
      _type: "OBSERVATION",
      name: { _type: "DV_TEXT", value: "unknown" },
      archetype_node_id: "openEHR-EHR-OBSERVATION.unknown.v1",
    });
    const answer = await post("convert?from=canonical&to=flat", JSON.stringify(composition));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.warning).toMatch(/^199 causeway "flat has no place for .*content\[\d+\]/);
  });

  it("refuses a media type that no composition comes in", async () => {
    const answer = await testing.app.inject({
      method: "POST",
      url: pathOf(templateId, "validate"),
      headers: { "content-type": "application/pdf" },
      payload: "x",
    });
    expect(answer.statusCode).toBe(415);
  });

  it.skipIf(!existsSync(corpus))("keeps whole numbers above 2^53 (needs the shared corpus)", async () => {
    const { originalTemplateId } = await upload(readFileSync(join(corpus, "opt", "Test_all_types.opt"), "utf8"));
    const canonical = readFileSync(
      join(corpus, "cases/canon-all_types_no_multimedia/sdk/canonical.json"),
      "utf8",
    ).replace(/("_type"\s*:\s*"DV_COUNT",\s*"magnitude"\s*:\s*)\d+/, "$19007199254740993");
    expect(canonical).toContain("9007199254740993");
    for (const to of formats) {
      const written = await post(`convert?from=canonical&to=${to}`, canonical, "canonical", originalTemplateId);
      expect(written.body).toContain("9007199254740993");
    }
  });
});
