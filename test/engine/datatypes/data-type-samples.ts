import { convertToFhir, convertToOpenEhr } from "../../../src/engine/datatypes/conversions.js";
import { eventFromFhir, eventToFhir } from "../../../src/engine/datatypes/event.js";
import type { ConversionContext } from "../../../src/engine/datatypes/fhir-data.js";
import { populate } from "../../../src/engine/run/populate.js";
import { writeFhirJson } from "../../../src/fhir/bundle/write-fhir-json.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import { FhirInstance } from "../../../src/fhir/path/fhir-instance.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import type { TemplateNode } from "../../../src/openehr/template/template.js";
import { fhirNode } from "../fixtures/fhir-node.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const schema = fhirSchema("R4");
const phrase = (system: string, code: string): RmObject => ({
  _type: "CODE_PHRASE",
  terminology_id: { _type: "TERMINOLOGY_ID", value: system },
  code_string: code,
});
const quantity = (magnitude: number): RmObject => ({ _type: "DV_QUANTITY", magnitude, units: "mg" });

const party: RmObject = {
  _type: "PARTY_IDENTIFIED",
  name: "Ward",
  identifiers: [{ _type: "DV_IDENTIFIER", id: "7", issuer: "urn:i" }],
  external_ref: {
    _type: "PARTY_REF",
    namespace: "fhir",
    type: "ORGANISATION",
    id: { _type: "GENERIC_ID", value: "Organization/7", scheme: "fhir" },
  },
};
const mappedText: RmObject = {
  _type: "DV_TEXT",
  value: "words",
  mappings: [{ _type: "TERM_MAPPING", match: "=", target: phrase("urn:other", "x") }],
};

/** Values of each RM class, filled as far as the class goes. Texts also as number and truth value. */
export const rmSamples: ReadonlyMap<string, readonly RmObject[]> = new Map<string, readonly RmObject[]>([
  ["DV_TEXT", [...["words", "7", "true"].map((value) => ({ _type: "DV_TEXT", value })), mappedText]],
  [
    "DV_CODED_TEXT",
    [
      {
        _type: "DV_CODED_TEXT",
        value: "Word",
        defining_code: { ...phrase("http://loinc.org (2.77)", "1-8"), preferred_term: "Name" },
        mappings: [{ _type: "TERM_MAPPING", match: "=", target: phrase("urn:other", "x") }],
      },
      { _type: "DV_CODED_TEXT", value: "7", defining_code: phrase("local", "at0007") },
    ],
  ],
  [
    "TERM_MAPPING",
    [
      {
        _type: "TERM_MAPPING",
        match: "=",
        purpose: { _type: "DV_CODED_TEXT", value: "billing" },
        target: { ...phrase("urn:other", "x"), preferred_term: "Other word" },
      },
    ],
  ],
  ["CODE_PHRASE", [{ ...phrase("http://loinc.org (2.77)", "1-8"), preferred_term: "Word" }]],
  ["DV_QUANTITY", [{ _type: "DV_QUANTITY", magnitude: 7.5, units: "mg", magnitude_status: "<", precision: 1 }]],
  ["DV_COUNT", [{ _type: "DV_COUNT", magnitude: 3 }]],
  ["DV_PROPORTION", [{ _type: "DV_PROPORTION", numerator: 3, denominator: 4, type: 3 }]],
  [
    "DV_ORDINAL",
    [
      {
        _type: "DV_ORDINAL",
        value: 2,
        symbol: { _type: "DV_CODED_TEXT", value: "Word", defining_code: phrase("local", "at0002") },
      },
    ],
  ],
  [
    "DV_SCALE",
    [
      {
        _type: "DV_SCALE",
        value: 2,
        symbol: { _type: "DV_CODED_TEXT", value: "Word", defining_code: phrase("local", "at0002") },
      },
      {
        _type: "DV_SCALE",
        value: 2.5,
        symbol: { _type: "DV_CODED_TEXT", value: "Other", defining_code: phrase("local", "at0009") },
      },
    ],
  ],
  ["DV_BOOLEAN", [{ _type: "DV_BOOLEAN", value: true }]],
  ["DV_DATE", [{ _type: "DV_DATE", value: "2024-03-05" }]],
  ["DV_TIME", [{ _type: "DV_TIME", value: "10:20:30" }]],
  ["DV_DATE_TIME", [{ _type: "DV_DATE_TIME", value: "2024-03-05T10:20:30.25" }]],
  ["DV_DURATION", [{ _type: "DV_DURATION", value: "PT1H30M" }]],
  [
    "DV_INTERVAL",
    [
      {
        _type: "DV_INTERVAL",
        lower: quantity(1),
        upper: quantity(2),
        lower_unbounded: false,
        upper_unbounded: false,
        lower_included: true,
        upper_included: true,
      },
      {
        _type: "DV_INTERVAL",
        lower: { _type: "DV_DATE_TIME", value: "2024-03-05T10:20:30" },
        upper: { _type: "DV_DATE_TIME", value: "2024-03-06T10:20:30" },
        lower_unbounded: false,
        upper_unbounded: false,
        lower_included: true,
        upper_included: true,
      },
    ],
  ],
  [
    "DV_MULTIMEDIA",
    [
      {
        _type: "DV_MULTIMEDIA",
        alternate_text: "A greeting",
        data: "aGVsbG8=",
        media_type: phrase("IANA_media-types", "text/plain"),
        language: phrase("ISO_639-1", "en"),
        integrity_check: "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        integrity_check_algorithm: phrase("openehr_integrity_check_algorithms", "SHA-1"),
        size: 5,
      },
    ],
  ],
  ["DV_IDENTIFIER", [{ _type: "DV_IDENTIFIER", id: "7", issuer: "urn:i", type: "urn:t::MR", assigner: "urn:a::A" }]],
  ["DV_URI", [{ _type: "DV_URI", value: "urn:x" }]],
  ["DV_EHR_URI", [{ _type: "DV_EHR_URI", value: "ehr://x" }]],
  [
    "DV_PARSABLE",
    [{ _type: "DV_PARSABLE", value: "words", formalism: "text/plain", language: phrase("ISO_639-1", "en") }],
  ],
  ["PARTY_IDENTIFIED", [party]],
  ["PARTY_PROXY", [party]],
  ["POINT_EVENT", [{ _type: "POINT_EVENT", time: { _type: "DV_DATE_TIME", value: "2024-03-05T10:20:30" } }]],
  [
    "INTERVAL_EVENT",
    [
      {
        _type: "INTERVAL_EVENT",
        time: { _type: "DV_DATE_TIME", value: "2024-03-05T10:20:30" },
        width: { _type: "DV_DURATION", value: "PT48H" },
        math_function: { _type: "DV_CODED_TEXT", value: "mean", defining_code: phrase("openehr", "146") },
      },
    ],
  ],
]);

const fhirValues: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  [
    "CodeableConcept",
    {
      coding: [
        { system: "urn:s", version: "1", code: "c", display: "D" },
        { system: "urn:t", version: "2", code: "d", display: "E" },
      ],
      text: "Word",
    },
  ],
  ["Coding", { system: "urn:s", version: "1", code: "c", display: "D" }],
  ["code", "c"],
  ["string", "words"],
  ["markdown", "words"],
  ["uri", "urn:x"],
  ["url", "urn:x"],
  ["Identifier", { system: "urn:i", value: "7", use: "usual" }],
  ["Quantity", { value: 7.0, comparator: "<", unit: "mg", system: "http://unitsofmeasure.org", code: "mg" }],
  ["Duration", { value: 90, unit: "min", system: "http://unitsofmeasure.org", code: "min" }],
  ["integer", 3],
  ["decimal", 7.5],
  ["boolean", true],
  ["date", "2024-03-05"],
  ["dateTime", "2024-03-05T10:20:30Z"],
  ["instant", "2024-03-05T10:20:30.250Z"],
  ["time", "10:20:30"],
  ["Period", { start: "2024-03-05T10:20:30Z", end: "2024-03-06T10:20:30Z" }],
  ["Range", { low: { value: 1, code: "mg" }, high: { value: 2, code: "mg" } }],
  ["Ratio", { numerator: { value: 3 }, denominator: { value: 4 } }],
  [
    "Attachment",
    {
      contentType: "text/plain",
      language: "en",
      data: "aGVsbG8=",
      url: "urn:x",
      size: 5,
      hash: "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
      title: "T",
    },
  ],
  ["Annotation", { text: "words" }],
  ["Address", { text: "words" }],
  ["HumanName", { text: "words" }],
  [
    "Reference",
    {
      reference: "Practitioner/7",
      identifier: { system: "urn:i", value: "7", use: "usual" },
      display: "words",
    },
  ],
]);

const further: ReadonlyMap<string, readonly JsonValue[]> = new Map<string, readonly JsonValue[]>([
  [
    "Quantity",
    [
      { value: 3, code: "min" },
      { value: 3, unit: "tablets", system: "urn:units", code: "TAB" },
    ],
  ],
  ["decimal", [3]],
  ["Reference", [{ identifier: { system: "urn:ietf:rfc:3986", value: "ehr://x" } }]],
  ["date", ["2024-03"]],
  ["dateTime", ["2024-03"]],
  ...["string", "markdown", "uri", "url"].map(
    (type) => [type, ["7", "PT1H", "urn:s::c", "ehr:x", "2024-03-05T10:20:30"]] as const,
  ),
]);

/** Values of each FHIR type; texts also as number, duration and code, dates also without a day. */
export const fhirSamples: ReadonlyMap<string, readonly JsonValue[]> = new Map(
  [...fhirValues].map(([type, value]) => [type, [value, ...(further.get(type) ?? [])]]),
);

/** Places whose templates list symbols with their numbers. */
const rankedPlaces: ReadonlyMap<string, TemplateNode> = new Map(
  ["DV_ORDINAL", "DV_SCALE"].map((rmType) => {
    const list = [
      { value: "at0002", label: "Word", ordinal: 2 },
      { value: "c", label: "D", ordinal: 3 },
    ];
    return [rmType, { ...wardTemplate.root, rmType, inputs: [{ type: "CODED_TEXT", list }] }];
  }),
);

/** What an RM value makes of an element of a FHIR type; undefined when the pair has no rule. */
export function toFhirElement(value: RmObject, fhirType: string, context: ConversionContext): JsonValue | undefined {
  const type = schema.type(fhirType);
  if (type === undefined) throw new Error(`no FHIR type ${fhirType}`);
  const target = new FhirInstance(type);
  const data = value._type.endsWith("EVENT") ? eventToFhir(value, context) : convertToFhir(value, context);
  if (data === undefined || !populate(target, data, schema)) return undefined;
  return type.kind === "primitive" ? target.primitive : writeFhirJson(target);
}

/** What a FHIR value makes of a place of an RM class; undefined when the pair has no rule. */
export function toRmValue(
  value: JsonValue,
  fhirType: string,
  rmType: string,
  context: ConversionContext,
): RmObject | undefined {
  if (rmType.endsWith("EVENT")) return eventOf(rmType, value, fhirType, context);
  const parameter = fhirType === "Period" ? "DV_DATE_TIME" : "DV_QUANTITY";
  const place = rmType === "DV_INTERVAL" ? `DV_INTERVAL<${parameter}>` : rmType;
  return convertToOpenEhr(fhirNode(fhirType, value), [place], context, rankedPlaces)?.value;
}

function eventOf(rmType: string, value: JsonValue, fhirType: string, context: ConversionContext): RmObject | undefined {
  const times = eventFromFhir(fhirNode(fhirType, value), context);
  if (times === undefined) return undefined;
  const { time, width, mathFunction } = times;
  return {
    _type: rmType,
    time,
    ...(width !== undefined && { width }),
    ...(mathFunction !== undefined && { math_function: mathFunction }),
  };
}

/** Paths of the leaves of a value, without those of its classes. */
export function lostLeaves(before: unknown, after: unknown, path = ""): readonly string[] {
  if (typeof before !== "object" || before === null) return before === after ? [] : [path === "" ? "value" : path];
  const other = typeof after === "object" && after !== null ? (after as Record<string, unknown>) : {};
  return Object.entries(before).flatMap(([name, value]) => {
    if (name === "_type") return [];
    const inner = Array.isArray(before) ? path : path === "" ? name : `${path}.${name}`;
    return lostLeaves(value, other[name], inner);
  });
}
