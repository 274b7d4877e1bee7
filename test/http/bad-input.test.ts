import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corpusFile, haveCorpus, type TestApp, testApp, vitalContext, vitalModel } from "./test-app.js";

const opt = haveCorpus ? corpusFile("growth_chart/template.opt") : "";
const xml = { "content-type": "application/xml" };
const yaml = { "content-type": "application/x-yaml" };
const json = { "content-type": "application/json" };

/** What a caller sends wrong, and what the answer must name: the thing, and where it is a matter of place, the line. */
interface BadInput {
  readonly what: string;
  readonly method?: "POST" | "PUT";
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string;
  readonly status: number;
  readonly names: readonly RegExp[];
}

const badInputs: readonly BadInput[] = [
  { what: "a template that is not XML", url: "/opt", headers: xml, payload: "hello", status: 400, names: [/line 1/] },
  {
    what: "a template cut off in the middle",
    url: "/opt",
    headers: xml,
    payload: opt.slice(0, 20_000),
    status: 400,
    names: [/line \d+/],
  },
  {
    what: "XML that is not an operational template",
    url: "/opt",
    headers: xml,
    payload: "<?xml version='1.0'?>\n<note xmlns='urn:note'><to>you</to></note>",
    status: 400,
    names: [/note/],
  },
  {
    what: "an operational template without template id",
    url: "/opt",
    headers: xml,
    payload: opt.replace(/<template_id>[\s\S]*?<\/template_id>/, ""),
    status: 400,
    names: [/template.id/i],
  },
  {
    what: "an operational template with an external entity",
    url: "/opt",
    headers: xml,
    payload: opt
      .replace("?>", '?>\n<!DOCTYPE template [<!ENTITY secret SYSTEM "file:///etc/passwd">]>')
      .replace("<concept>", "<concept>&secret;"),
    status: 400,
    names: [/line \d+/, /DOCTYPE|DTD|document type|entity/i],
  },
  {
    what: "a DTD bomb",
    url: "/opt",
    headers: xml,
    payload: `<?xml version="1.0"?>\n<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">${Array.from(
      { length: 10 },
      (_, index) => `<!ENTITY a${index} "${`&a${index === 0 ? "" : index - 1};`.repeat(10)}">`,
    ).join("")}]>\n<t>&a9;</t>`,
    status: 400,
    names: [/line \d+/],
  },
  {
    what: "XML nested without end",
    url: "/opt",
    headers: xml,
    payload: `<template xmlns="http://schemas.openehr.org/v1">${"<a>".repeat(1_000_000)}`,
    status: 413,
    names: [/deep|nest/i],
  },
  { what: "a template with an empty body", url: "/opt", headers: xml, payload: "", status: 400, names: [/body/] },
  { what: "a template without a body", url: "/opt", headers: {}, status: 400, names: [/body/] },
  { what: "blanks instead of a template", url: "/opt", headers: xml, payload: " \n ", status: 400, names: [/body/] },
  {
    what: "a template as JSON",
    url: "/opt",
    headers: json,
    payload: "{}",
    status: 415,
    names: [/application\/json/],
  },
  {
    what: "a replacement that is not XML",
    method: "PUT",
    url: "/opt/unknown",
    headers: xml,
    payload: "{}",
    status: 400,
    names: [/line 1/],
  },
  {
    what: "YAML with a syntax error",
    url: "/fc/model",
    headers: yaml,
    payload: vitalModel.replace("type: model", "type: [model"),
    status: 400,
    names: [/line \d+, column \d+|:\d+:\d+/],
  },
  {
    what: "YAML that is no mapping",
    url: "/fc/model",
    headers: yaml,
    payload: "- one\n- two\n",
    status: 400,
    names: [/line 1/],
  },
  {
    what: "a mapping of an unknown type",
    url: "/fc/model",
    headers: yaml,
    payload: vitalModel.replace("type: model", "type: modell"),
    status: 400,
    names: [/line 2/, /modell/],
  },
  {
    what: "a context where a model is expected",
    url: "/fc/model",
    headers: yaml,
    payload: vitalContext("Growth chart"),
    status: 400,
    names: [/context/, /vital-check\.context/],
  },
  {
    what: "a model where a context is expected",
    url: "/fc/context",
    headers: yaml,
    payload: vitalModel,
    status: 400,
    names: [/model/, /OBSERVATION\.pulse\.v2/],
  },
  {
    what: "a model without a name",
    url: "/fc/model",
    headers: yaml,
    payload: vitalModel.replace("  name: OBSERVATION.pulse.v2\n", ""),
    status: 400,
    names: [/name/],
  },
  {
    what: "an alias bomb",
    url: "/fc/model",
    headers: yaml,
    payload: `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from(
      { length: 9 },
      (_, index) => `${"bcdefghij"[index]}: &${"bcdefghij"[index]} [${`*${"abcdefghi"[index]},`.repeat(10)}]\n`,
    ).join("")}`,
    status: 400,
    names: [/line \d+|alias/i],
  },
  {
    what: "YAML nested without end",
    url: "/fc/model",
    headers: yaml,
    payload: "[".repeat(500_000),
    status: 400,
    names: [/deep|nest|line/i],
  },
  { what: "an empty mapping file", url: "/fc/model", headers: yaml, payload: "", status: 400, names: [/body/] },
  { what: "only a comment", url: "/fc/model", headers: yaml, payload: "# nothing\n", status: 400, names: [/./] },
  {
    what: "a mapping file as XML",
    url: "/fc/context",
    headers: xml,
    payload: "<a/>",
    status: 415,
    names: [/application\/xml/],
  },
  {
    what: "a file larger than mapping files are",
    url: "/fc/model",
    headers: yaml,
    payload: `# ${"x".repeat(2 * 1024 * 1024)}`,
    status: 413,
    names: [/2097152/],
  },
  {
    what: "a body that is not JSON",
    url: "/openfhir/tofhir",
    headers: json,
    payload: '{\n  "a": }',
    status: 400,
    names: [/line 2, column 8/],
  },
  {
    what: "JSON that is neither composition nor FLAT",
    url: "/openfhir/tofhir?templateId=Growth%20chart",
    headers: json,
    payload: "42",
    status: 400,
    names: [/composition|body/i],
  },
  {
    what: "an empty list of compositions",
    url: "/openfhir/tofhir?templateId=Growth%20chart",
    headers: json,
    payload: "[]",
    status: 400,
    names: [/composition|body/i],
  },
  {
    what: "an unknown template",
    url: "/openfhir/tofhir?templateId=Nothing%20of%20that%20name",
    headers: json,
    payload: '{"growth_chart/x":1}',
    status: 400,
    names: [/Couldn't find a Context Mapper/, /Nothing of that name/],
  },
  {
    what: "a mapping call with XML",
    url: "/openfhir/toopenehr",
    headers: xml,
    payload: "<a/>",
    status: 415,
    names: [/application\/xml/],
  },
  { what: "an empty composition", url: "/tofhir", headers: json, payload: "", status: 400, names: [/empty|body/] },
  { what: "no composition", url: "/tofhir", headers: {}, status: 400, names: [/body/] },
  {
    what: "JSON without a resource type",
    url: "/openfhir/toopenehr",
    headers: json,
    payload: '{"entry":[]}',
    status: 400,
    names: [/resourceType/],
  },
  {
    what: "a resource whose profile no context has",
    url: "/openfhir/toopenehr",
    headers: json,
    payload: '{"resourceType":"Observation"}',
    status: 400,
    names: [/Context/],
  },
  {
    what: "an unknown format",
    url: "/openfhir/toopenehr?format=xml",
    headers: json,
    payload: '{"resourceType":"Bundle"}',
    status: 400,
    names: [/format/],
  },
  {
    what: "a member that reaches for the prototype",
    url: "/openfhir/tofhir",
    headers: json,
    payload: '{"__proto__":{"polluted":true}}',
    status: 400,
    names: [/__proto__/],
  },
  {
    what: "a prototype member hidden by escapes",
    url: "/openfhir/toopenehr",
    headers: json,
    payload: '{"resourceType":"Bundle","entry":[{"\\u005f_proto__":{}}]}',
    status: 400,
    names: [/__proto__/],
  },
  {
    what: "a constructor's prototype",
    url: "/openfhir/toopenehr",
    headers: json,
    payload: '{"resourceType":"Bundle","constructor":{"prototype":{}}}',
    status: 400,
    names: [/constructor/],
  },
  {
    what: "JSON nested without end",
    url: "/openfhir/tofhir",
    headers: json,
    payload: "[".repeat(5_000_000),
    status: 400,
    names: [/deep|nest/i],
  },
  {
    what: "a compressed body",
    url: "/openfhir/tofhir",
    headers: { ...json, "content-encoding": "gzip" },
    payload: "x",
    status: 415,
    names: [/gzip/],
  },
];

describe.skipIf(!haveCorpus)("bad input is refused with a word about what and where, and nothing is stored", () => {
  let testing: TestApp;
  beforeAll(async () => {
    testing = await testApp();
  });
  afterAll(() => testing.app.close());

  it.each(badInputs)("$what", async ({ method = "POST", url, headers, payload, status, names }) => {
    const before = JSON.stringify(testing.store.contents());
    const answer = await testing.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    expect(answer.statusCode).toBe(status);
    for (const name of names) expect(answer.body).toMatch(name);
    expect(answer.body).not.toMatch(/\bat .*\.[jt]s:\d+/);
    expect(answer.body.length).toBeLessThan(20_000);
    expect(JSON.stringify(testing.store.contents())).toBe(before);
  });
});
