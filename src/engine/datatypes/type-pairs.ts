import type { Semantics } from "../semantics.js";
import { isIntegerType, isQuantityType, isStringType } from "./fhir-primitives.js";

interface Pairs {
  readonly toFhir: ReadonlySet<string>;
  readonly toOpenEhr: ReadonlySet<string>;
}

function pairs(toFhir: string, toOpenEhr: string): Pairs {
  return { toFhir: new Set(toFhir.split(" ")), toOpenEhr: new Set(toOpenEhr.split(" ")) };
}

/** The pairs of types that have a rule, by RM class; published with what each loses in docs/data-types.json. */
const rules: ReadonlyMap<string, Pairs> = new Map([
  [
    "DV_TEXT",
    pairs(
      "CodeableConcept Coding code string integer decimal boolean date dateTime instant time",
      "CodeableConcept Coding code string Quantity integer decimal boolean date dateTime instant time Annotation Address HumanName",
    ),
  ],
  [
    "DV_CODED_TEXT",
    pairs(
      "CodeableConcept Coding code string Identifier Quantity",
      "CodeableConcept Coding code string Identifier integer decimal boolean date dateTime instant time",
    ),
  ],
  ["CODE_PHRASE", pairs("CodeableConcept Coding code string", "CodeableConcept Coding code string")],
  ["TERM_MAPPING", pairs("CodeableConcept Coding code string", "CodeableConcept Coding")],
  ["DV_QUANTITY", pairs("Quantity integer decimal Ratio", "string Quantity integer decimal Ratio")],
  ["DV_COUNT", pairs("Quantity integer decimal", "string Quantity integer decimal")],
  ["DV_PROPORTION", pairs("Quantity integer decimal Ratio", "Quantity Ratio")],
  [
    "DV_ORDINAL",
    pairs(
      "CodeableConcept Coding code string Identifier Quantity integer decimal",
      "CodeableConcept Coding code Quantity integer decimal",
    ),
  ],
  [
    "DV_SCALE",
    pairs(
      "CodeableConcept Coding code string Identifier Quantity integer decimal",
      "CodeableConcept Coding code Quantity integer decimal",
    ),
  ],
  ["DV_BOOLEAN", pairs("boolean", "boolean")],
  ["DV_DATE", pairs("date dateTime", "date dateTime instant")],
  ["DV_TIME", pairs("time", "dateTime instant time")],
  ["DV_DATE_TIME", pairs("date dateTime instant string Period", "date dateTime instant string Period")],
  ["DV_DURATION", pairs("CodeableConcept code string date dateTime instant time Quantity", "string Quantity")],
  ["DV_INTERVAL", pairs("Period Range", "Period Range")],
  ["DV_MULTIMEDIA", pairs("Attachment", "Attachment")],
  [
    "DV_IDENTIFIER",
    pairs(
      "code string Identifier Reference",
      "code string Identifier integer decimal boolean date dateTime instant time Reference",
    ),
  ],
  ["DV_URI", pairs("CodeableConcept code string date dateTime instant time", "string")],
  ["DV_EHR_URI", pairs("CodeableConcept code string date dateTime instant time Reference", "string Reference")],
  ["DV_PARSABLE", pairs("CodeableConcept code string date dateTime instant time Attachment", "Attachment")],
  [
    "PARTY_IDENTIFIED",
    pairs(
      "CodeableConcept code string date dateTime instant time Identifier Reference",
      "code string Identifier Reference",
    ),
  ],
  [
    "PARTY_PROXY",
    pairs("CodeableConcept code string date dateTime instant time Identifier Reference", "code string Reference"),
  ],
  ["EVENT", pairs("date dateTime instant string Period", "date dateTime instant Period")],
  ["POINT_EVENT", pairs("date dateTime instant string", "date dateTime instant Period")],
  ["INTERVAL_EVENT", pairs("Period", "date dateTime instant Period")],
]);

/** What decides whether a pair has its rule, where not all semantics have it. */
function isLeftOut(rmClass: string, fhirKind: string, { periods, references }: Semantics): boolean {
  if (fhirKind === "Period") return rmClass === "DV_DATE_TIME" && periods === "intervals";
  return fhirKind === "Reference" && rmClass !== "DV_EHR_URI" && references === "structure";
}

/** The FHIR data types that the rules speak of, besides those that follow one of them. */
const knownFhirTypes: ReadonlySet<string> = new Set([
  "CodeableConcept",
  "Coding",
  "code",
  "string",
  "Quantity",
  "integer",
  "decimal",
  "boolean",
  "date",
  "dateTime",
  "instant",
  "time",
  "Annotation",
  "Address",
  "HumanName",
  "Identifier",
  "Ratio",
  "Period",
  "Range",
  "Attachment",
  "Reference",
]);

/**
 * Whether a value of an RM class and an element of a FHIR type have a rule in a direction (fhirconnect-language 13.2);
 * undefined when either is no data type that the rules speak of, so that nothing can be said.
 */
export function hasRule(
  rmType: string,
  fhirType: string,
  direction: "toFhir" | "toOpenEhr",
  semantics: Semantics,
): boolean | undefined {
  const rmClass = classOf(rmType);
  const row = rules.get(rmClass);
  const kind = kindOf(fhirType);
  if (row === undefined || !knownFhirTypes.has(kind)) return undefined;
  return row[direction].has(kind) && !isLeftOut(rmClass, kind, semantics);
}

/** Whether values of an RM class are converted to or from any FHIR type. */
export function isConverted(rmType: string): boolean {
  return rules.has(classOf(rmType));
}

function classOf(rmType: string): string {
  const open = rmType.indexOf("<");
  return open < 0 ? rmType : rmType.slice(0, open);
}

/** The type whose rules another one follows: `markdown` those of `string`, `Age` those of `Quantity`. */
function kindOf(fhirType: string): string {
  if (isQuantityType(fhirType)) return "Quantity";
  if (isIntegerType(fhirType)) return "integer";
  return isStringType(fhirType) && fhirType !== "code" ? "string" : fhirType;
}
