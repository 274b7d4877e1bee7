import { withoutGeneric } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { codedTextConstraint } from "./coded-text-constraint.js";
import { durationConstraint } from "./duration-constraint.js";
import { numberConstraint } from "./number-constraint.js";
import { numberMember, textMember } from "./object-place.js";
import { ordinalConstraint, proportionConstraint, quantityConstraint } from "./quantity-constraint.js";
import { temporalConstraint } from "./temporal-constraint.js";
import { textConstraint } from "./text-constraint.js";
import { NO_FINDINGS, type ValueCheck, type ValueFinding } from "./value-finding.js";

/**
 * Compiles what a template node demands of the data values on it (openehr-formats 19.2), by the class of the node. Undefined
 * when it demands nothing beyond the class.
 */
export function valueConstraint(node: TemplateNode): ValueCheck | undefined {
  const { inputs } = node;
  const [input] = inputs;
  switch (withoutGeneric(node.rmType)) {
    case "DV_TEXT":
    case "DV_URI":
    case "DV_EHR_URI":
      return onText(textConstraint(input));
    case "DV_CODED_TEXT":
      return codedTextConstraint(inputs);
    case "DV_DATE":
    case "DV_TIME":
    case "DV_DATE_TIME":
      return onText(temporalConstraint(input));
    case "DV_DURATION":
      return onText(durationConstraint(inputs));
    case "DV_BOOLEAN":
      return booleanConstraint(input);
    case "DV_COUNT": {
      const check = numberConstraint(input);
      return check === undefined ? undefined : (value) => check(numberMember(value, "magnitude"));
    }
    case "DV_QUANTITY":
      return quantityConstraint(inputs);
    case "DV_PROPORTION":
      return proportionConstraint(node);
    case "DV_ORDINAL":
    case "DV_SCALE":
      return ordinalConstraint(inputs);
    default:
      return undefined;
  }
}

function onText(check: ((text: string | undefined) => readonly ValueFinding[]) | undefined): ValueCheck | undefined {
  return check === undefined ? undefined : (value) => check(textMember(value, "value"));
}

function booleanConstraint(input: TemplateInput | undefined): ValueCheck | undefined {
  const [only, ...more] = input?.type === "BOOLEAN" ? (input.list ?? []) : [];
  if (only === undefined || more.length > 0) return undefined;
  const expected = only.value;
  return ({ value }: RmObject) => {
    const found = String(value ?? "empty");
    if (found === expected) return NO_FINDINGS;
    return [{ rule: "template-value", message: `The value ${found} must be ${expected}`, expected, found }];
  };
}
