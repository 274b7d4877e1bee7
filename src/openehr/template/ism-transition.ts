import { Problem, type ProblemPlace } from "../../errors/problem.js";
import { NodeInProgress } from "./node-in-progress.js";
import { TEMPLATE_INCOMPLETE } from "./problems.js";
import type { TemplateInput, TemplateListEntry } from "./template.js";

/**
 * Joins the ISM_TRANSITIONs that a template constrains in an ACTION, one per careflow step, into the one node that
 * stands for them all (openehr-formats 4.5). Each careflow step lists the states it may be combined with.
 * @throws Problem `TEMPLATE_INCOMPLETE` when one of them has no careflow step or no current state
 */
export function joinIsmTransitions(
  transitions: readonly [NodeInProgress, ...NodeInProgress[]],
  place: ProblemPlace,
): NodeInProgress {
  const steps: TemplateListEntry[] = [];
  const states: TemplateListEntry[] = [];
  for (const transition of transitions) {
    const stateEntries = constrained(transition, "current_state", place).codeInput?.list ?? [];
    const step = constrained(transition, "careflow_step", place).codeInput?.list?.[0];
    if (step !== undefined) steps.push({ ...step, currentStates: stateEntries.map(({ value }) => value) });
    states.push(...stateEntries);
  }
  const [first] = transitions;
  const joined = new NodeInProgress("ism_transition", "ism_transition", "ISM_TRANSITION", first.attribute);
  joined.min = first.min;
  joined.max = first.max;
  joined.inContext = true;
  joined.children = [
    codedText("Careflow_step", constrained(first, "careflow_step", place), "local", steps),
    codedText("Current_state", constrained(first, "current_state", place), "openehr", states),
    ...first.children.filter(({ attribute }) => attribute === "transition").map(shownInContext),
  ];
  return joined;
}

function constrained(transition: NodeInProgress, attribute: string, place: ProblemPlace): NodeInProgress {
  const node = transition.children.find((child) => child.attribute === attribute && !child.isRmAttribute);
  if (node !== undefined) return node;
  throw new Problem(TEMPLATE_INCOMPLETE, `An ISM_TRANSITION of the template does not constrain ${attribute}.`, place);
}

/**
 * At most one, whatever the minimum: the reference takes the maximum from the minimum, which would forbid optional
 * ones (openehr-formats 20.2, 17).
 */
function codedText(
  name: string,
  original: NodeInProgress,
  terminology: string,
  list: readonly TemplateListEntry[],
): NodeInProgress {
  const node = new NodeInProgress(original.attribute, name, "DV_CODED_TEXT", original.attribute);
  const input: TemplateInput = { suffix: "code", type: "CODED_TEXT", terminology, list };
  node.min = original.min;
  node.max = 1;
  node.inContext = true;
  node.inputs = [input];
  return node;
}

function shownInContext(original: NodeInProgress): NodeInProgress {
  const node = new NodeInProgress(original.baseId, original.name, original.rmType, original.attribute);
  node.isRmAttribute = original.isRmAttribute;
  node.min = original.min;
  node.max = original.max;
  node.inputs = original.inputs;
  node.children = original.children;
  node.inContext = true;
  return node;
}
