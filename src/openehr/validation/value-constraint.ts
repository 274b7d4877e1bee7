import { withoutGeneric } from "../rm/rm-classes.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { codedTextConstraint } from "./coded-text-constraint.js";
import { durationConstraint } from "./duration-constraint.js";
import { objectMember, textMember } from "./object-place.js";
import { ordinalConstraint, proportionConstraint, quantityConstraint } from "./quantity-constraint.js";
import { NO_FINDINGS, type ValueCheck } from "./value-finding.js";

/**
 * Compiles what a template node demands of the data values on it as wholes (openehr-formats 19.2), by the class of the node:
 * all that is not said of one primitive attribute. Undefined when it demands nothing beyond the class.
 */
export function valueConstraint(node: TemplateNode): ValueCheck | undefined {
  const { inputs, primitives } = node;
  switch (withoutGeneric(node.rmType)) {
    case "DV_CODED_TEXT":
    case "CODE_PHRASE":
      return codedTextConstraint(inputs);
    case "DV_DURATION": {
      if (primitives?.has("value")) return undefined;
      const check = durationConstraint(undefined);
      return (value) => check(textMember(value, "value"));
    }
    case "DV_QUANTITY":
      return quantityConstraint(inputs);
    case "DV_PROPORTION":
      return proportionConstraint(node);
    case "DV_ORDINAL":
    case "DV_SCALE":
      return ordinalConstraint(inputs);
    case "DV_STATE":
      return stateConstraint(inputs);
    default:
      return undefined;
  }
}

/** A C_DV_STATE knows its states by name: that is the code or the text of a state. */
function stateConstraint(inputs: readonly TemplateInput[]): ValueCheck | undefined {
  const names = new Set(inputs.flatMap(({ list = [] }) => list.map(({ value }) => value)));
  if (names.size === 0) return undefined;
  const expected = [...names].join(", ");
  return (value) => {
    const state = objectMember(value, "value");
    const text = textMember(state, "value");
    const code = textMember(objectMember(state, "defining_code"), "code_string");
    if ([text, code].some((each) => each !== undefined && names.has(each))) return NO_FINDINGS;
    const found = text ?? code ?? "empty";
    const message = `The state ${found} must be one of ${expected}`;
    return [{ rule: "template-value", message, expected, found }];
  };
}
