import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleComposition } from "../../src/openehr/example/example-composition.js";
import { type CompositionFormat, writeCompositionIn } from "../../src/openehr/formats/composition-format.js";
import type { RmObject } from "../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../src/openehr/template/parse-operational-template.js";
import type { BadInput } from "./bad-input.js";

const shipped = readFileSync(join(import.meta.dirname, "..", "..", "templates", "vital_signs.opt"), "utf8");
const template = parseOperationalTemplate(shipped);
const settings = { extent: "maximal" as const, now: () => "2026-11-21T10:30:00" };
/** Stands where clinical values stand; no answer may have it. */
export const CLINICAL = "Zirrhose-7391";

function example(format: CompositionFormat, change: (composition: RmObject) => void = () => {}): string {
  const composition = structuredClone(exampleComposition(template, settings)) as RmObject;
  change(composition);
  return writeCompositionIn(format, composition, template);
}

const canonical = example("canonical");
const xml = example("xml");
const flat: Readonly<Record<string, unknown>> = JSON.parse(example("flat"));
const systolic = "vital_signs/blood_pressure:0/any_event:0/systolic";

function flatWith(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...flat, ...members });
}

const asJson = { "content-type": "application/json" };
const asXml = { "content-type": "application/xml" };

function convert(from: string, to: string, payload: string | Buffer, rest: Partial<BadInput> = {}) {
  const headers = from === "xml" ? asXml : asJson;
  return { url: `/opt/vital_signs/convert?from=${from}&to=${to}`, headers, payload, status: 400, ...rest };
}

function validate(from: string, payload: string | Buffer, rest: Partial<BadInput> = {}) {
  const headers = from === "xml" ? asXml : asJson;
  return { url: `/opt/vital_signs/validate?from=${from}`, headers, payload, status: 400, ...rest };
}

/** `{"a":{"a":…` */
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** Bad input of the routes that know one template and no mappings. */
export const badTemplateRequests: readonly BadInput[] = [
  {
    what: "no such format of an example",
    method: "GET",
    url: "/opt/vital_signs/example?format=pdf",
    headers: {},
    status: 400,
    names: [/format/, /HTTP_REQUEST_NOT_VALID/],
  },
  {
    what: "a conversion that does not say from what",
    url: "/opt/vital_signs/convert?to=flat",
    headers: asJson,
    payload: "{}",
    status: 400,
    names: [/querystring\/from: is missing\./],
  },
  {
    what: "no such extent of an example",
    method: "GET",
    url: "/opt/vital_signs/example?extent=huge",
    headers: {},
    status: 400,
    names: [/extent/, /HTTP_REQUEST_NOT_VALID/],
  },
  {
    what: "an example of an unknown template",
    method: "GET",
    url: "/opt/nothing/example",
    headers: {},
    status: 404,
    names: [/TEMPLATE_NOT_FOUND/],
  },
  {
    what: "a web template of an unknown template",
    method: "GET",
    url: "/opt/__proto__/webtemplate",
    headers: {},
    status: 404,
    names: [/TEMPLATE_NOT_FOUND/],
  },
  {
    what: "a conversion for an unknown template",
    url: "/opt/constructor/convert?from=flat&to=xml",
    headers: asJson,
    payload: "{}",
    status: 404,
    names: [/TEMPLATE_NOT_FOUND/],
  },
  {
    what: "a validation for an unknown template",
    url: "/opt/%00/validate",
    headers: asJson,
    payload: "{}",
    status: 404,
    names: [/TEMPLATE_NOT_FOUND/],
  },
  {
    what: "a conversion to nothing",
    url: "/opt/vital_signs/convert?from=flat",
    headers: asJson,
    payload: "{}",
    status: 400,
    names: [/\bto\b/],
  },
  { what: "a conversion from an unknown format", ...convert("yaml", "flat", "{}"), names: [/from/] },
  {
    what: "a format named twice",
    url: "/opt/vital_signs/convert?from=flat&from=xml&to=xml",
    headers: asJson,
    payload: "{}",
    status: 400,
    names: [/from/],
  },
  { what: "a validation of an unknown format", ...validate("pdf", "{}"), names: [/from/] },
  {
    what: "a composition as YAML",
    ...convert("flat", "xml", "a: 1", { headers: { "content-type": "application/yaml" }, status: 415 }),
    names: [/application\/yaml/],
  },
  { what: "a conversion of nothing", ...convert("flat", "xml", ""), names: [/body/, /HTTP_BODY_EMPTY/] },
  { what: "a validation of blanks", ...validate("canonical", " \n"), names: [/body/, /HTTP_BODY_EMPTY/] },
  {
    what: "a composition cut off",
    ...convert("canonical", "xml", canonical.slice(0, 3000)),
    names: [/line 1, column 3000/, /HTTP_BODY_NOT_JSON/],
  },
  {
    what: "XML cut off",
    ...convert("xml", "flat", xml.slice(0, 3000)),
    names: [/line \d+/, /CANONICAL_XML_INVALID/],
  },
  { what: "JSON where XML is named", ...convert("xml", "flat", canonical), names: [/CANONICAL_XML_INVALID/] },
  {
    what: "XML where JSON is named",
    ...convert("canonical", "flat", xml),
    names: [/line 1, column 1/, /HTTP_BODY_NOT_JSON/],
  },
  {
    what: "XML with entities",
    ...convert("xml", "flat", `<!DOCTYPE c [<!ENTITY e SYSTEM "file:///etc/passwd">]><composition>&e;</composition>`),
    names: [/DOCTYPE/, /CANONICAL_XML_HAS_DOCTYPE/],
  },
  {
    what: "an entity that nobody defined",
    ...validate("xml", xml.replace("<value>", "<value>&secret;")),
    names: [/line \d+, column \d+/, /CANONICAL_XML_INVALID/],
  },
  {
    what: "XML nested without end",
    ...convert("xml", "flat", "<composition>".repeat(100_000), { status: 413 }),
    names: [/deep/, /CANONICAL_XML_TOO_LARGE/],
  },
  {
    what: "XML in Latin 1",
    ...convert("xml", "flat", Buffer.from(xml.replace("<value>", `<value>Gr\u00f6\u00dfe`), "latin1")),
    names: [/UTF-8/, /line \d+/, /HTTP_BODY_NOT_UTF8/],
  },
  {
    what: "JSON in UTF-16",
    ...validate("canonical", Buffer.from(`\ufeff${canonical}`, "utf16le")),
    names: [/UTF-8/, /HTTP_BODY_NOT_UTF8/],
  },
  { what: "XML of no class", ...convert("xml", "flat", "<letter/>"), names: [/letter/, /CANONICAL_XML_ROOT_UNKNOWN/] },
  {
    what: "XML with a forbidden character",
    ...convert(
      "canonical",
      "xml",
      example("canonical", (composition) => {
        composition.name = { _type: "DV_TEXT", value: `${CLINICAL}\u0001` };
      }),
    ),
    names: [/name/, /CANONICAL_XML_CHARACTER/],
  },
  {
    what: "half a character for XML",
    ...convert("canonical", "xml", canonical.replace(/"value":"[^"]+"/, '"value":"\\ud800"')),
    names: [/CANONICAL_XML_CHARACTER/],
  },
  { what: "JSON nested without end", ...validate("canonical", nested(5000)), names: [/deep/, /HTTP_BODY_TOO_DEEP/] },
  {
    what: "a member that reaches for the prototype",
    ...convert("canonical", "flat", '{"__proto__":{}}'),
    names: [/__proto__/, /HTTP_BODY_FORBIDDEN_MEMBER/],
  },
  {
    what: "a constructor's prototype in FLAT",
    ...convert("flat", "xml", '{"constructor":{"prototype":1}}'),
    names: [/constructor/],
  },
  { what: "a list where an object belongs", ...convert("flat", "xml", "[1]"), names: [/FLAT_NOT_AN_OBJECT/] },
  {
    what: "a text where an object belongs",
    ...convert("structured", "xml", `"${CLINICAL}"`),
    names: [/STRUCTURED_NOT_AN_OBJECT/],
  },
  {
    what: "a composition without class",
    ...convert("canonical", "flat", "{}"),
    names: [/\$/, /_type/, /such as COMPOSITION/, /CANONICAL_TYPE_MISSING/],
  },
  {
    what: "an object of another class",
    ...convert("canonical", "flat", `{"_type":"DV_TEXT","value":"${CLINICAL}"}`),
    names: [/DV_TEXT/, /COMPOSITION_EXPECTED/],
  },
  {
    what: "a class nobody knows",
    ...convert("canonical", "flat", canonical.replace('"_type":"OBSERVATION"', '"_type":"OBSERVATON"')),
    names: [/content\[\d\]/, /CANONICAL_TYPE_UNKNOWN/],
  },
  {
    what: "a date that is none",
    ...convert(
      "canonical",
      "flat",
      canonical.replace(
        /"start_time":\{"_type":"DV_DATE_TIME","value":"[^"]*"/,
        `"start_time":{"_type":"DV_DATE_TIME","value":"${CLINICAL}"`,
      ),
    ),
    names: [/start_time/, /CANONICAL_VALUE_INVALID/],
  },
  {
    what: "a number beyond all bounds",
    ...convert("canonical", "flat", canonical.replace(/"magnitude":[\d.]+/, '"magnitude":1e999')),
    names: [/magnitude/, /CANONICAL_VALUE_INVALID/],
  },
  {
    what: "a number beyond all bounds in FLAT",
    ...convert("flat", "canonical", flatWith({}).replace(/(systolic\|magnitude":)[\d.]+/, "$11e999")),
    names: [/systolic\|magnitude/, /FLAT_VALUE_INVALID/],
  },
  {
    what: "a text where a number belongs",
    ...convert("flat", "canonical", flatWith({ [`${systolic}|magnitude`]: CLINICAL })),
    names: [/systolic\|magnitude/, /FLAT_VALUE_INVALID/],
  },
  {
    what: "an index that is no number",
    ...convert("flat", "canonical", flatWith({ "vital_signs/blood_pressure:x/any_event:0/systolic|unit": CLINICAL })),
    names: [/blood_pressure:x/, /FLAT_PATH_INVALID/],
  },
  {
    what: "an index below zero",
    ...convert("flat", "canonical", flatWith({ "vital_signs/blood_pressure:-1/any_event:0/systolic|unit": CLINICAL })),
    names: [/blood_pressure:-1/, /FLAT_PATH_INVALID/],
  },
  {
    what: "an index without end",
    ...convert(
      "flat",
      "canonical",
      flatWith({ [`vital_signs/blood_pressure:${"9".repeat(40)}/any_event:0/systolic|unit`]: CLINICAL }),
    ),
    names: [/blood_pressure:9+/, /FLAT_PATH_INVALID/],
  },
  {
    what: "an index where nothing repeats",
    ...convert("flat", "canonical", flatWith({ [`${systolic}:3|magnitude`]: 7391 })),
    names: [/systolic:3/, /did you mean/, /FLAT_PATH_UNKNOWN/],
  },
  {
    what: "a path of another template",
    ...convert("flat", "canonical", flatWith({ "laboratory/result": CLINICAL })),
    names: [/laboratory\/result/, /FLAT_PATH_UNKNOWN/],
  },
  {
    what: "a path twice",
    ...convert("flat", "canonical", flatWith({ "vital_signs/blood_pressure/any_event/systolic|magnitude": 7391 })),
    names: [/blood_pressure/, /FLAT_PATH_DUPLICATE/],
  },
  {
    what: "a ctx key nobody knows",
    ...convert("flat", "canonical", flatWith({ "ctx/langage": CLINICAL })),
    names: [/ctx\/langage/, /ctx\/language/, /FLAT_PATH_UNKNOWN/],
  },
  {
    what: "a language nobody speaks",
    ...convert("flat", "canonical", flatWith({ "ctx/language": CLINICAL })),
    names: [/ctx\/language/, /FLAT_CODE_UNKNOWN/],
  },
  {
    what: "a uid of an element without value",
    ...convert("flat", "canonical", JSON.stringify({ [`${systolic}/_uid`]: CLINICAL })),
    names: [/systolic\/_uid/, /FLAT_VALUE_MISSING/],
  },
  {
    what: "a composition of another template",
    ...convert("canonical", "flat", canonical.replaceAll("openEHR-EHR-COMPOSITION", "openEHR-EHR-COMPOSITION.other")),
    names: [/template/, /COMPOSITION_OF_OTHER_TEMPLATE/],
  },
];
