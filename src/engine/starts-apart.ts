import type { ModelEntry, Plan, Step } from "./plan.js";

/**
 * The type of the start resources that each become a composition of their own when a Bundle has several (fhirconnect-language
 * 17.2); undefined where they share one: read as openFHIR reads the files, or because a hierarchy or the template collects them.
 */
export function startsApart({ semantics, start, startType }: Plan): string | undefined {
  if (semantics.startOccurrences === "shared" || startType === "Bundle") return undefined;
  return start.some(collects) ? undefined : startType;
}

/** Whether several objects find a place beside one another in what a model writes. */
function collects({ root, groups, steps }: ModelEntry): boolean {
  return root !== undefined || groups?.nodes !== undefined || steps.some(leadsToCollecting);
}

function leadsToCollecting({ slot, children }: Step): boolean {
  return slot.some(collects) || children.some(leadsToCollecting);
}
