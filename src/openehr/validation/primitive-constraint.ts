import { isExactNumber } from "../json/number-text.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { durationConstraint } from "./duration-constraint.js";
import { numberConstraint } from "./number-constraint.js";
import { numberMember } from "./object-place.js";
import { temporalConstraint } from "./temporal-constraint.js";
import { textConstraint } from "./text-constraint.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

/** What a template demands of one primitive attribute of an object. */
export interface PrimitiveCheck {
  readonly attribute: string;
  /** Attributes that stand for the object as a whole are reported at its own path, as the reference does. */
  readonly isWholeValue: boolean;
  readonly check: (object: RmObject) => readonly ValueFinding[];
}

const WHOLE_VALUE = new Set(["value", "magnitude", "numerator", "denominator"]);

type AttributeCheck = (value: RmValue | undefined) => readonly ValueFinding[];

/** Compiles what a template demands of the primitive attributes of a node (openehr-formats 19.3). */
export function primitiveChecks({ rmType, primitives, inputs }: TemplateNode): readonly PrimitiveCheck[] {
  const hasLabels = rmType === "DV_CODED_TEXT" && inputs.some(({ list }) => list !== undefined);
  return [...(primitives ?? [])].flatMap(([attribute, alternatives]): readonly PrimitiveCheck[] => {
    // Which archetypes an ACTIVITY may lead to is an expression itself; the kinds of a proportion have a check of their own.
    if (attribute === "action_archetype_id" || (rmType === "DV_PROPORTION" && attribute === "type")) return [];
    // The texts of listed codes are their labels.
    if (hasLabels && attribute === "value") return [];
    const check = anyOf(alternatives.map(primitiveCheck));
    if (check === undefined) return [];
    const isWholeValue = WHOLE_VALUE.has(attribute);
    return [{ attribute, isWholeValue, check: (object) => checkPresent(object, attribute, check) }];
  });
}

/** What is missing is a matter of existence. */
function checkPresent(object: RmObject, attribute: string, check: AttributeCheck): readonly ValueFinding[] {
  const value = attribute === "is_integral" ? isIntegral(object) : object[attribute];
  return value === undefined ? NO_FINDINGS : check(value);
}

function isIntegral(proportion: RmObject): boolean {
  return ["numerator", "denominator"].every((part) => Number.isInteger(numberMember(proportion, part)));
}

/** Of several constraints on one attribute any may hold; the first tells what is wrong. */
function anyOf(checks: readonly (AttributeCheck | undefined)[]): AttributeCheck | undefined {
  const known = checks.filter((check) => check !== undefined);
  const [first] = known;
  if (first === undefined || known.length < checks.length) return undefined;
  return (value) => (known.some((check) => check(value).length === 0) ? NO_FINDINGS : first(value));
}

/** Compiles one constraint on a primitive; undefined when it demands nothing. */
export function primitiveCheck(constraint: TemplateInput): AttributeCheck | undefined {
  switch (constraint.type) {
    case "TEXT":
      return onText(textConstraint(constraint));
    case "DATE":
    case "TIME":
    case "DATETIME":
      return onText(temporalConstraint(constraint));
    case "DURATION":
      return onText(durationConstraint(constraint));
    case "INTEGER":
    case "DECIMAL": {
      const check = numberConstraint(constraint);
      return check && ((value) => check(isExactNumber(value) ? value.valueOf() : undefined));
    }
    case "BOOLEAN":
      return booleanCheck(constraint);
    case "CODED_TEXT":
      return undefined;
    default:
      return constraint.type satisfies never;
  }
}

function onText(
  check: ((text: string | undefined) => readonly ValueFinding[]) | undefined,
): AttributeCheck | undefined {
  return check && ((value) => check(typeof value === "string" ? value : undefined));
}

function booleanCheck({ list }: TemplateInput): AttributeCheck | undefined {
  const [only, ...more] = list ?? [];
  if (only === undefined || more.length > 0) return undefined;
  const expected = only.value;
  return (value) => {
    const found = String(value ?? "empty");
    if (found === expected) return NO_FINDINGS;
    return [{ rule: "template-value", message: `The value ${found} must be ${expected}`, expected, found }];
  };
}
