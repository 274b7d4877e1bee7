import type { OpenEhrGroups, Step } from "../plan.js";

/**
 * How the model of a slot cuts what it is entered with into several (fhirconnect-language 7, rule 1): the method with the slot then
 * creates so many elements. `uncreated` when it creates none, but hands over the one that is there.
 */
export function slotGroupsOf({ slot, openEhr, fhir, direction }: Step): OpenEhrGroups | "uncreated" | undefined {
  if (slot.length === 0 || direction === "fhir->openehr") return undefined;
  const groups = slot.find((entry) => entry.groups?.resources !== undefined)?.groups?.resources;
  // An occurrence that the slot is entered with is one already.
  if (groups === undefined || openEhr?.chain.includes(groups.node) !== false) return undefined;
  return fhir.create === undefined ? "uncreated" : groups;
}
