import type { RmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { codedText, openehrCodedText } from "./coded-text.js";
import { listEntryByCode } from "./list-entries.js";

/**
 * The state that a careflow step of an ACTION puts its instruction into: the first of those the template allows for the
 * step (openehr-formats 12.6). Undefined without a step or when the template does not tie it to a state.
 */
export function currentStateFor(action: TemplateNode, careflowStep: string | undefined): RmObject | undefined {
  if (careflowStep === undefined) return undefined;
  const transition = action.children.find(({ attribute }) => attribute === "ism_transition");
  const stepInput = codeInput(transition, "careflow_step");
  const state = stepInput === undefined ? undefined : listEntryByCode(stepInput, careflowStep)?.currentStates?.[0];
  if (state === undefined) return undefined;
  const stateInput = codeInput(transition, "current_state");
  const label = stateInput === undefined ? undefined : listEntryByCode(stateInput, state)?.label;
  return label === undefined ? openehrCodedText("instruction states", state) : codedText("openehr", state, label);
}

function codeInput(transition: TemplateNode | undefined, name: string) {
  return transition?.children
    .find(({ attribute }) => attribute === name)
    ?.inputs.find(({ suffix }) => suffix === "code");
}
