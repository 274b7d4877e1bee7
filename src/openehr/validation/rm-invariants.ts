import { rmClass } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import { CODED_ATTRIBUTES, codePhraseOf, hasCodeFrom } from "./coded-attributes.js";
import { numberMember, objectMember, objectsMember, textMember } from "./object-place.js";
import { compareOrdered } from "./ordered-value.js";

/** A condition of the reference model on the objects of a class. Never throws, whatever the object holds. */
export interface Invariant {
  readonly name: string;
  readonly holds: (object: RmObject) => boolean;
  /** The INTERVAL that a DV_INTERVAL wraps in the reference model: its invariants are reported there. */
  readonly isOfInterval?: true;
}

const MAGNITUDE_STATUSES = new Set(["=", "<", ">", "<=", ">=", "~"]);
const MATCHES = new Set(["<", "=", ">", "?"]);
const PARTY_TYPES = new Set(["PERSON", "ORGANISATION", "GROUP", "AGENT", "ROLE", "PARTY", "ACTOR"]);
const NAMESPACE = /^[a-zA-Z][a-zA-Z0-9_.:/&?=+-]*$/;
const NORMAL = "N";
const UNITARY = 1;
const PERCENT = 2;
const FRACTION = 3;
const INTEGER_FRACTION = 4;

function invariant(name: string, holds: (object: RmObject) => boolean): Invariant {
  return { name, holds };
}

function ofInterval(name: string, holds: (object: RmObject) => boolean): Invariant {
  return { name, holds, isOfInterval: true };
}

/** An attribute that, if present, is not the empty text. */
function notEmpty(name: string, attribute: string): Invariant {
  return invariant(name, (object) => object[attribute] !== "");
}

/** A condition on two numbers; holds while one of them is missing. */
function ofParts(object: RmObject, condition: (numerator: number, denominator: number) => boolean): boolean {
  const numerator = numberMember(object, "numerator");
  const denominator = numberMember(object, "denominator");
  return numerator === undefined || denominator === undefined || condition(numerator, denominator);
}

function isProportion(object: RmObject, kind: number): boolean {
  return numberMember(object, "type") === kind;
}

function areIntegral(numerator: number, denominator: number): boolean {
  return Number.isInteger(numerator) && Number.isInteger(denominator);
}

/** Whether a value lies in an interval; undefined when it cannot be compared with a bound. */
function isWithin(value: RmObject, interval: RmObject): boolean | undefined {
  for (const [bound, outside] of [
    ["lower", -1],
    ["upper", 1],
  ] as const) {
    const limit = objectMember(interval, bound);
    if (limit === undefined || interval[`${bound}_unbounded`] === true) continue;
    const compared = compareOrdered(value, limit);
    if (compared === undefined) return undefined;
    if (compared === outside || (compared === 0 && interval[`${bound}_included`] === false)) return false;
  }
  return true;
}

function isNormalRangeConsistent(value: RmObject): boolean {
  const status = textMember(objectMember(value, "normal_status"), "code_string");
  const range = objectMember(value, "normal_range");
  if (status === undefined || range === undefined) return true;
  const isInside = isWithin(value, range);
  return isInside === undefined || isInside === (status === NORMAL);
}

function isSimple(bound: RmObject | undefined): boolean {
  return bound?.normal_range === undefined && bound?.other_reference_ranges === undefined;
}

function haveElementsOnly(table: RmObject): boolean {
  return objectsMember(table, "rows").every((row) =>
    objectsMember(row, "items").every(({ _type }) => _type === "ELEMENT"),
  );
}

function haveEqualLength(table: RmObject): boolean {
  const lengths = objectsMember(table, "rows").map((row) => objectsMember(row, "items").length);
  return new Set(lengths).size <= 1;
}

/** Invariants by the class that declares them (openehr-formats 21.3), without those on codes. */
const DECLARED: Readonly<Record<string, readonly Invariant[]>> = {
  LOCATABLE: [notEmpty("Archetype_node_id_valid", "archetype_node_id")],
  COMPOSITION: [invariant("Is_archetype_root", (object) => object.archetype_details !== undefined)],
  ENTRY: [invariant("Is_archetypeRoot", (object) => object.archetype_details !== undefined)],
  ACTIVITY: [notEmpty("Action_archetype_id_valid", "action_archetype_id")],
  EVENT_CONTEXT: [notEmpty("Location_validity", "location")],
  INSTRUCTION_DETAILS: [notEmpty("Activity_path_valid", "activity_id")],
  HISTORY: [invariant("Events_valid", ({ events, summary }) => events !== undefined || summary !== undefined)],
  ITEM_TABLE: [invariant("Valid_structure", haveElementsOnly), invariant("Valid_number_of_rows", haveEqualLength)],
  ELEMENT: [
    invariant(
      "Inv_null_flavour_indicated",
      ({ value, null_flavour: nullFlavour }) => (value === undefined) !== (nullFlavour === undefined),
    ),
    invariant(
      "Inv_null_reason_valid",
      ({ value, null_reason: nullReason }) => value === undefined || nullReason === undefined,
    ),
  ],
  DV_TEXT: [notEmpty("Formatting_valid", "formatting")],
  CODE_PHRASE: [notEmpty("Code_string_valid", "code_string")],
  DV_ORDERED: [invariant("Normal_range_and_status_consistency", isNormalRangeConsistent)],
  DV_QUANTIFIED: [
    invariant("Magnitude_status_valid", (object) => {
      const status = textMember(object, "magnitude_status");
      return status === undefined || MAGNITUDE_STATUSES.has(status);
    }),
  ],
  DV_AMOUNT: [
    invariant(
      "Accuracy_is_percent_validity",
      (object) => numberMember(object, "accuracy") !== 0 || object.accuracy_is_percent !== true,
    ),
    invariant("Accuracy_valid", (object) => {
      const accuracy = numberMember(object, "accuracy");
      return object.accuracy_is_percent !== true || accuracy === undefined || (accuracy >= 0 && accuracy <= 100);
    }),
  ],
  DV_PROPORTION: [
    invariant("Type_validity", (object) => {
      const type = numberMember(object, "type");
      return type === undefined || (Number.isInteger(type) && type >= 0 && type <= INTEGER_FRACTION);
    }),
    invariant(
      "Precision_validity",
      (object) => numberMember(object, "precision") !== 0 || ofParts(object, areIntegral),
    ),
    invariant(
      "Fraction_validity",
      (object) =>
        !(isProportion(object, FRACTION) || isProportion(object, INTEGER_FRACTION)) || ofParts(object, areIntegral),
    ),
    invariant(
      "Unitary_validity",
      (object) => !isProportion(object, UNITARY) || ofParts(object, (_, denominator) => denominator === 1),
    ),
    invariant(
      "Percent_validity",
      (object) => !isProportion(object, PERCENT) || ofParts(object, (_, denominator) => denominator === 100),
    ),
    invariant("Valid_denominator", (object) => numberMember(object, "denominator") !== 0),
  ],
  DV_URI: [notEmpty("Value_valid", "value")],
  DV_EHR_URI: [
    invariant("Scheme_valid", (object) => {
      const uri = textMember(object, "value");
      return uri === undefined || /^ehr:/i.test(uri);
    }),
  ],
  DV_IDENTIFIER: [notEmpty("Id_valid", "id")],
  DV_INTERVAL: [
    ofInterval(
      "Lower_included_valid",
      ({ lower_unbounded: isUnbounded, lower_included: isIncluded }) => !(isUnbounded === true && isIncluded !== false),
    ),
    ofInterval(
      "Upper_included_valid",
      ({ upper_unbounded: isUnbounded, upper_included: isIncluded }) => !(isUnbounded === true && isIncluded !== false),
    ),
    ofInterval("Limits_consistent", (object) => {
      const lower = objectMember(object, "lower");
      const upper = objectMember(object, "upper");
      if (object.lower_unbounded === true || object.upper_unbounded === true) return true;
      if (lower === undefined || upper === undefined) return true;
      return (compareOrdered(lower, upper) ?? 0) <= 0;
    }),
  ],
  REFERENCE_RANGE: [
    invariant("Range_is_simple", (object) => {
      const range = objectMember(object, "range");
      return (["lower", "upper"] as const).every((bound) => isSimple(objectMember(range, bound)));
    }),
  ],
  DV_MULTIMEDIA: [
    invariant("Size_valid", (object) => (numberMember(object, "size") ?? 1) > 0),
    invariant(
      "Integrity_check_validity",
      ({ integrity_check: check, integrity_check_algorithm: algorithm }) =>
        check === undefined || algorithm !== undefined,
    ),
    invariant("Not_empty", ({ data, uri }) => data !== undefined || uri !== undefined),
  ],
  DV_PARSABLE: [notEmpty("Formalism_valid", "formalism")],
  PARTY_IDENTIFIED: [
    invariant(
      "Basic_validity",
      ({ name, identifiers, external_ref: reference }) =>
        name !== undefined || identifiers !== undefined || reference !== undefined,
    ),
    notEmpty("Name_valid", "name"),
  ],
  OBJECT_REF: [
    invariant("Namespace_valid", (object) => {
      const namespace = textMember(object, "namespace");
      return namespace === undefined || NAMESPACE.test(namespace);
    }),
  ],
  PARTY_REF: [
    invariant("Type_validity", (object) => {
      const type = textMember(object, "type");
      return type === undefined || PARTY_TYPES.has(type);
    }),
  ],
  FEEDER_AUDIT_DETAILS: [notEmpty("System_id_valid", "system_id")],
  TERM_MAPPING: [
    invariant("Match_valid", (object) => {
      const match = textMember(object, "match");
      return match === undefined || MATCHES.has(match);
    }),
  ],
  ARCHETYPED: [notEmpty("Rm_version_valid", "rm_version")],
};

/** Functions of participations may be free text; only coded ones are held to the terminology. */
function codeInvariants(className: string): readonly Invariant[] {
  return (CODED_ATTRIBUTES.get(className) ?? []).map(({ attribute, invariant: name, codes }) =>
    invariant(name, (object) => {
      const value = objectMember(object, attribute);
      return codePhraseOf(value) === undefined || hasCodeFrom(value, codes);
    }),
  );
}

const invariants = new Map<string, readonly Invariant[]>();

/** All invariants of a class, inherited ones first; none for classes the reference model does not have. */
export function invariantsOf(className: string): readonly Invariant[] {
  let found = invariants.get(className);
  if (found === undefined) {
    const described = rmClass(className);
    if (described === undefined) return [];
    found = [...described.ancestors].reverse().concat(described.name).flatMap(declaredBy);
    invariants.set(className, found);
  }
  return found;
}

function declaredBy(className: string): readonly Invariant[] {
  return [...(Object.hasOwn(DECLARED, className) ? (DECLARED[className] ?? []) : []), ...codeInvariants(className)];
}
