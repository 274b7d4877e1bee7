import type { TemplateNode } from "../../openehr/template/template.js";
import type { ModelEntry, OpenEhrAccessor, Step } from "../plan.js";
import { frozenStep } from "./frozen-step.js";

/**
 * The steps that the groups behind the first still run when all groups of a model share its object or its node: without
 * those that have nothing to do with a group, whose lists would grow by the same values for each of them.
 */
export function stepsOfFurtherGroups(steps: readonly Step[], isOfGroup: (step: Step) => boolean): readonly Step[] {
  return steps.flatMap((step) => {
    if (isOfGroup(step)) return [step];
    const children = stepsOfFurtherGroups(step.children, isOfGroup);
    const slot = step.slot.flatMap((entry) => entryOfFurtherGroups(entry, isOfGroup));
    return children.length === 0 && slot.length === 0 ? [] : [frozenStep({ ...step, children, slot })];
  });
}

function entryOfFurtherGroups(entry: ModelEntry, isOfGroup: (step: Step) => boolean): readonly ModelEntry[] {
  const steps = stepsOfFurtherGroups(entry.steps, isOfGroup);
  return steps.length === 0 ? [] : [{ ...entry, steps }];
}

/** Whether a step on the way to FHIR reads what a group holds, or writes into its element. */
export function isOfElementGroup(node: TemplateNode): (step: Step) => boolean {
  return ({ openEhr, openEhrConditions, fhir }) =>
    fhir.isInGroup === true ||
    (openEhr !== undefined && leadsThrough(openEhr, node)) ||
    openEhrConditions.some(({ root, attributes }) => [root, ...attributes].some((one) => leadsThrough(one, node)));
}

/** Whether a step on the way to openEHR reads what a group holds, or writes into its node. */
export function isOfNodeGroup(node: TemplateNode): (step: Step) => boolean {
  return ({ openEhr, fhir }) => fhir.meetsIterated === true || (openEhr !== undefined && leadsThrough(openEhr, node));
}

function leadsThrough({ chain, joined, isReference }: OpenEhrAccessor, node: TemplateNode): boolean {
  if (!isReference && chain.includes(node)) return true;
  return (joined?.parts ?? []).some((part) => typeof part !== "string" && leadsThrough(part, node));
}
