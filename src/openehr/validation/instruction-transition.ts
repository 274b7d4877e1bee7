import { STATE_AFTER_TRANSITION } from "../rm/openehr-terminology.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { objectMember, textMember } from "./object-place.js";
import type { ValueFinding } from "./value-finding.js";

/**
 * Checks an ISM_TRANSITION (openehr-formats 19.6): a known transition leads to its state, and a transition to a careflow
 * step only to the states that the template ties to the step. Codes decide: their rubrics may be in any language.
 * @param node the template's node of the transition
 */
export function transitionFindings(transition: RmObject, node: TemplateNode): readonly ValueFinding[] {
  const found: ValueFinding[] = [];
  const state = codeOf(transition, "current_state");
  const target = targetState(transition);
  if (target !== undefined && state !== target) {
    const coded = objectMember(transition, "transition");
    const message = `No valid transition found for ism transition[${textMember(coded, "value") ?? ""}/openehr/${codeOf(transition, "transition")}]`;
    found.push({
      rule: "template-transition",
      message,
      expected: target,
      ...(state === undefined ? {} : { found: state }),
    });
  }
  const states = statesOfStep(transition, node);
  if (states !== undefined && state !== undefined && !states.includes(state)) {
    found.push({
      rule: "template-current-state",
      message: "IsmTransition contains invalid current_state",
      expected: states.join(", "),
      found: state,
    });
  }
  return found;
}

function targetState(transition: RmObject): string | undefined {
  const code = codeOf(transition, "transition");
  const phrase = objectMember(objectMember(transition, "transition"), "defining_code");
  if (textMember(objectMember(phrase, "terminology_id"), "value") !== "openehr") return undefined;
  return code === undefined ? undefined : STATE_AFTER_TRANSITION.get(code);
}

/** Undefined without a transition, and when the template ties the careflow step to no states. */
function statesOfStep(transition: RmObject, node: TemplateNode): readonly string[] | undefined {
  if (transition.transition === undefined) return undefined;
  const step = codeOf(transition, "careflow_step");
  const input = node.children
    .find(({ attribute }) => attribute === "careflow_step")
    ?.inputs.find(({ suffix }) => suffix === "code");
  const states = input?.list?.filter(({ value }) => value === step).flatMap(({ currentStates }) => currentStates ?? []);
  return states === undefined || states.length === 0 ? undefined : states;
}

function codeOf(transition: RmObject, attribute: string): string | undefined {
  return textMember(objectMember(objectMember(transition, attribute), "defining_code"), "code_string");
}
