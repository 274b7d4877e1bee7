import { codedText } from "../building/coded-text.js";
import { rubricOf, STATE_AFTER_TRANSITION } from "../rm/openehr-terminology.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateListEntry, TemplateNode } from "../template/template.js";
import type { ExampleChoices } from "./example-choices.js";

const COMPLETED = "532";

/**
 * An ISM_TRANSITION whose careflow step, state and transition go together (openehr-formats 19.6), as the template allows them.
 * @param node the node that stands for all transitions of the ACTION
 */
export function transitionExample(node: TemplateNode, choices: ExampleChoices, turn: number): RmObject {
  const steps = codeInput(node, "careflow_step");
  const states = codeInput(node, "current_state")?.list;
  const step = choices.alternative(steps?.list ?? [], turn);
  const tied = step?.currentStates ?? [];
  const state =
    choices.alternative(tied.length > 0 ? tied : (states ?? []).map(({ value }) => value), turn) ?? COMPLETED;
  const hasStep = step !== undefined && (isDemanded(node, "careflow_step") || choices.includes() || tied.length > 0);
  const transition = transitionTo(state, codeInput(node, "transition")?.list);
  const hasTransition = transition !== undefined && (isDemanded(node, "transition") || choices.includes());
  return {
    _type: "ISM_TRANSITION",
    current_state: codedText("openehr", state, labelOf(states, state, "instruction states")),
    ...(hasTransition ? { transition } : {}),
    ...(hasStep
      ? { careflow_step: codedText(steps?.terminology ?? "local", step.value, step.label ?? step.value) }
      : {}),
  };
}

/** A transition that leads to a state and that the template allows. */
function transitionTo(state: string, listed: readonly TemplateListEntry[] | undefined): RmObject | undefined {
  for (const [code, target] of STATE_AFTER_TRANSITION) {
    if (target !== state || (listed !== undefined && !listed.some(({ value }) => value === code))) continue;
    return codedText("openehr", code, labelOf(listed, code, "instruction transitions"));
  }
  return undefined;
}

function labelOf(
  listed: readonly TemplateListEntry[] | undefined,
  code: string,
  group: "instruction states" | "instruction transitions",
): string {
  return listed?.find(({ value }) => value === code)?.label ?? rubricOf(code, group) ?? code;
}

function codeInput(node: TemplateNode, attribute: string): TemplateInput | undefined {
  return node.children.find((child) => child.attribute === attribute)?.inputs.find(({ suffix }) => suffix === "code");
}

function isDemanded(node: TemplateNode, attribute: string): boolean {
  return node.children.some((child) => child.attribute === attribute && child.min > 0);
}
