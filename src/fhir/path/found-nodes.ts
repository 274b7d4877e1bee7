import type { FhirNode } from "./fhir-node.js";

/** Nodes as paths hand them on: mostly there is one or none, and no list is made for these. A list may be empty or of one. */
export type FoundNodes = FhirNode | readonly FhirNode[] | undefined;

const nothing: readonly FhirNode[] = Object.freeze([]);

export function listOf(found: FoundNodes): readonly FhirNode[] {
  if (found === undefined) return nothing;
  return isList(found) ? found : [found];
}

export function isList(found: FoundNodes): found is readonly FhirNode[] {
  return Array.isArray(found);
}

/** Whether not a single node was found. */
export function isNothing(found: FoundNodes): boolean {
  return found === undefined || (isList(found) && found.length === 0);
}
