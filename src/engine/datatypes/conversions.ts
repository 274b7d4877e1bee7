import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import { codePhrase, codingOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import { dvBoolean } from "./dv-boolean.js";
import { dvCodedText } from "./dv-coded-text.js";
import { dvCount } from "./dv-count.js";
import { dvDate } from "./dv-date.js";
import { dvDateTime } from "./dv-date-time.js";
import { dvDuration } from "./dv-duration.js";
import { dvIdentifier } from "./dv-identifier.js";
import { dvInterval, intervalOf } from "./dv-interval.js";
import { dvMultimedia } from "./dv-multimedia.js";
import { dvOrdinal, dvScale } from "./dv-ordinal.js";
import { dvParsable } from "./dv-parsable.js";
import { dvProportion } from "./dv-proportion.js";
import { dvQuantity } from "./dv-quantity.js";
import { dvText } from "./dv-text.js";
import { dvTime } from "./dv-time.js";
import { dvEhrUri, dvUri } from "./dv-uri.js";
import { eventToFhirAs } from "./event.js";
import type { ConversionContext, FhirData } from "./fhir-data.js";
import { isIntegerType, isQuantityType } from "./fhir-primitives.js";
import { heldValue } from "./held-value.js";
import { partyIdentified, partyProxy } from "./party.js";
import { jsonObject, objectAttribute, rmObject, stringAttribute } from "./rm-values.js";
import { termMapping } from "./term-mapping.js";

/** Every converter by RM class. */
const converters: ReadonlyMap<string, DataTypeConverter> = new Map(
  [
    dvText,
    dvCodedText,
    codePhrase,
    termMapping,
    dvQuantity,
    dvCount,
    dvProportion,
    dvInterval,
    dvOrdinal,
    dvScale,
    dvDateTime,
    dvDate,
    dvTime,
    dvDuration,
    dvBoolean,
    dvIdentifier,
    dvMultimedia,
    partyIdentified,
    partyProxy,
    dvUri,
    dvEhrUri,
    dvParsable,
  ].map((converter) => [converter.rmType, converter]),
);

/** RM class without its generic parameter: `DV_INTERVAL<DV_QUANTITY>` → `DV_INTERVAL`. */
function rmClassOf(rmType: string): string {
  const open = rmType.indexOf("<");
  return open < 0 ? rmType : rmType.slice(0, open);
}

/** Carries an RM value to FHIR by the rule of its own class; undefined when there is no rule or nothing to carry. */
export function convertToFhir(value: RmObject, context: ConversionContext): FhirData | undefined {
  return (converters.get(value._type) ?? converters.get(rmClassOf(value._type)))?.toFhir(value, context);
}

/**
 * Carries an RM value to FHIR as if it were of another class, as static types of older dialects ask (engine-behaviour 2.4):
 * a coded text as Coding, an ordinal as Quantity, a date as dateTime, an event by its time alone or as Period (engine-behaviour
 * 8.2). A coded text read as text stays a concept, of which a text takes the text. Undefined when the value cannot be read that way.
 */
export function convertToFhirAs(value: RmObject, rmType: string, context: ConversionContext): FhirData | undefined {
  if (value._type.endsWith("EVENT")) return eventToFhirAs(value, rmType, context);
  if (rmClassOf(value._type) === rmClassOf(rmType)) return convertToFhir(value, context);
  const text = stringAttribute(value, "value");
  switch (rmClassOf(rmType)) {
    case "CODE_PHRASE": {
      const phrase = objectAttribute(value, "defining_code");
      const code = stringAttribute(phrase, "code_string");
      const coding = codingOf(phrase, text === code ? undefined : text);
      return coding === undefined ? undefined : { type: "Coding", value: coding };
    }
    case "DV_QUANTITY": {
      // A coded text is the unit of a quantity whose value another method has (engine-behaviour 8.2).
      const unit = value._type === "DV_CODED_TEXT" ? value : objectAttribute(value, "symbol");
      if (unit === undefined) return undefined;
      const code = stringAttribute(objectAttribute(unit, "defining_code"), "code_string");
      return { type: "Quantity", value: jsonObject({ unit: stringAttribute(unit, "value"), code }) };
    }
    case "DV_DATE_TIME":
    case "DV_TIME":
      return isLabelled(value) || text === undefined
        ? undefined
        : convertToFhir(rmObject(rmType, { value: text }), context);
    case "DV_DATE":
      return isLabelled(value) || text === undefined
        ? undefined
        : convertToFhir(rmObject(rmType, { value: text.slice(0, 10) }), context);
    case "DV_TEXT":
      if (isLabelled(value)) return convertToFhir(value, context);
      return plainText(value);
    case "DV_CODED_TEXT":
      return value._type === "DV_TEXT" && text !== undefined ? { type: "CodeableConcept", value: { text } } : undefined;
    default:
      return text === undefined ? undefined : { type: "string", value: text };
  }
}

/** Whether the text of a value is the label of a code, which coded texts of FLAT may lack. */
function isLabelled(value: RmObject): boolean {
  return value._type === "DV_CODED_TEXT" || value.defining_code !== undefined || value.symbol !== undefined;
}

/** A value of one part as text, the way FLAT writes it. */
function plainText(value: RmObject): FhirData | undefined {
  const own = value._type === "DV_COUNT" ? value.magnitude : value.value;
  if (own === undefined || Array.isArray(own) || isRmObject(own)) return undefined;
  return { type: "string", value: String(own.valueOf()) };
}

/**
 * RM classes preferred for a FHIR type when the template allows several: first those of today's engine in its order
 * (engine-behaviour 7.5), then the others that have a rule for the type.
 */
const preferred: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    Quantity: "DV_QUANTITY DV_COUNT DV_PROPORTION DV_ORDINAL DV_DURATION DV_SCALE",
    integer: "DV_COUNT DV_ORDINAL DV_QUANTITY DV_SCALE",
    decimal: "DV_QUANTITY DV_COUNT DV_SCALE",
    CodeableConcept: "DV_CODED_TEXT DV_TEXT DV_ORDINAL DV_SCALE CODE_PHRASE TERM_MAPPING",
    Coding: "CODE_PHRASE DV_CODED_TEXT DV_ORDINAL DV_SCALE DV_TEXT TERM_MAPPING",
    code: "DV_CODED_TEXT DV_TEXT DV_ORDINAL DV_SCALE CODE_PHRASE",
    dateTime: "DV_DATE_TIME",
    instant: "DV_DATE_TIME",
    date: "DV_DATE DV_DATE_TIME",
    time: "DV_TIME",
    boolean: "DV_BOOLEAN",
    Period: "DV_INTERVAL<DV_DATE_TIME> DV_INTERVAL<DV_DATE> DV_INTERVAL DV_DATE_TIME",
    Range: "DV_INTERVAL<DV_QUANTITY> DV_INTERVAL<DV_COUNT> DV_INTERVAL",
    Attachment: "DV_MULTIMEDIA DV_PARSABLE",
    Identifier: "DV_IDENTIFIER PARTY_IDENTIFIED",
    Ratio: "DV_PROPORTION DV_QUANTITY",
    Reference: "PARTY_IDENTIFIED PARTY_PROXY DV_EHR_URI DV_IDENTIFIER",
    string: "DV_TEXT DV_CODED_TEXT DV_DATE_TIME DV_DURATION",
    uri: "DV_TEXT DV_CODED_TEXT DV_DATE_TIME DV_DURATION DV_URI DV_EHR_URI",
  }).map(([type, classes]) => [type, classes.split(" ")]),
);
const uriTypes: ReadonlySet<string> = new Set(["uri", "url", "canonical", "oid", "uuid"]);
const textTypes: ReadonlySet<string> = new Set(["string", "markdown", "id"]);

function preferredRmTypes(fhirType: string): readonly string[] {
  return preferred.get(kindOf(fhirType)) ?? [];
}

function kindOf(fhirType: string): string {
  if (isQuantityType(fhirType)) return "Quantity";
  if (isIntegerType(fhirType)) return "integer";
  if (textTypes.has(fhirType)) return "string";
  return uriTypes.has(fhirType) ? "uri" : fhirType;
}

/** An RM class that may take a FHIR type, and who converts to it. */
interface Candidate {
  readonly rmType: string;
  readonly isInterval: boolean;
  readonly converter: DataTypeConverter | undefined;
}

/** By the classes that a place allows (the array of its accessor) and FHIR type: both are few, and the same again and again. */
const knownCandidates = new WeakMap<readonly string[], Map<string, readonly Candidate[]>>();

function candidatesFor(allowed: readonly string[], fhirType: string): readonly Candidate[] {
  let ofPlace = knownCandidates.get(allowed);
  if (ofPlace === undefined) {
    ofPlace = new Map();
    knownCandidates.set(allowed, ofPlace);
  }
  let candidates = ofPlace.get(fhirType);
  if (candidates === undefined) {
    const classes =
      allowed.length === 1 ? allowed : preferredRmTypes(fhirType).filter((rmType) => allowed.includes(rmType));
    candidates = classes.map((rmType) => ({
      rmType,
      isInterval: rmType.startsWith("DV_INTERVAL<"),
      converter: converters.get(rmClassOf(rmType)),
    }));
    ofPlace.set(fhirType, candidates);
  }
  return candidates;
}

/**
 * The value a FHIR element becomes at a node that allows certain RM classes.
 * One allowed class is taken as it is; among several the FHIR type decides (engine-behaviour 7.5). An Extension that no
 * class takes stands for the value it holds.
 * @param places the template nodes that take the classes
 * @returns the class whose place in the template takes the value, and the (possibly partial) value. Its `_type` differs
 *   from the class only for a coded text in a DV_TEXT place. Undefined when no allowed class takes the FHIR type.
 */
export function convertToOpenEhr(
  node: FhirNode,
  allowed: readonly string[],
  context: ConversionContext,
  places?: ReadonlyMap<string, TemplateNode>,
): { readonly rmType: string; readonly value: RmObject } | undefined {
  for (const { rmType, isInterval, converter } of candidatesFor(allowed, node.type)) {
    const value =
      (isInterval ? intervalOf(rmType, node, context) : undefined) ??
      converter?.toOpenEhr(node, context, places?.get(rmType));
    if (value !== undefined) return { rmType, value };
  }
  const held = heldValue(node);
  return held === undefined ? undefined : convertToOpenEhr(held, allowed, context, places);
}
