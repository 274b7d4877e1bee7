import { isRmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import { objectAttribute } from "../datatypes/rm-values.js";
import { canonicalText } from "./canonical-text.js";
import type { Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { dataValueOf, valuesOf } from "./openehr-values.js";
import type { ScopeNode } from "./scope-nodes.js";
import type { GroupEnds, OpenEhrEnd, ToFhirElementGroups, ToFhirStep } from "./to-fhir-plan.js";

/**
 * What each group sees of a composition (fhirconnect-language 7, rules 1 and 4): of the grouped node and of what holds its
 * occurrences only its own, of all else everything. Groups come in the order in which the first of each appears. Without any
 * occurrence there is one view, of the whole.
 */
export function groupViews(groups: GroupEnds, scope: OpenEhrScope): readonly OpenEhrScope[] {
  const { archetype } = groups;
  const archetypes = archetype === undefined ? [] : scope.occurrences(archetype).map((one) => scope.bind(one));
  return (archetypes.length === 0 ? [scope] : archetypes).flatMap((one) => {
    const occurrences = one.occurrences(groups.node);
    return occurrences.length === 0 ? [one] : grouped(groups, occurrences, one).map((group) => viewOf(one, group));
  });
}

/** The views in which a structural step runs: those of its occurrences, cut further where the model of its slot does. */
export function slotViews({ slotGroups }: ToFhirStep, scopes: readonly OpenEhrScope[]): readonly OpenEhrScope[] {
  return slotGroups === undefined ? scopes : scopes.flatMap((scope) => groupViews(slotGroups, scope));
}

/** What runs for one group whose element stands in the object of the model. */
export interface ElementGroup {
  readonly view: OpenEhrScope;
  readonly steps: readonly ToFhirStep[];
  /** False when there is nothing to group: an element would stand for nothing. */
  readonly hasOccurrences: boolean;
}

/** The groups of a model that creates an element for each of them. What concerns no group runs with the first. */
export function elementGroups(
  steps: readonly ToFhirStep[],
  { groups, furtherSteps }: ToFhirElementGroups,
  scope: OpenEhrScope,
): readonly ElementGroup[] {
  const hasOccurrences = scope.occurrences(groups.node).length > 0;
  return groupViews(groups, scope).map((view, at) => ({
    view,
    steps: at === 0 ? steps : furtherSteps,
    hasOccurrences,
  }));
}

function grouped(
  { unique }: GroupEnds,
  occurrences: readonly Occurrence[],
  scope: OpenEhrScope,
): readonly (readonly Occurrence[])[] {
  if (unique.length === 0) return occurrences.map((one) => [one]);
  const groups = new Map<string, Occurrence[]>();
  for (const occurrence of occurrences) {
    const inside = scope.bind(occurrence);
    const key = JSON.stringify(unique.map((accessor) => uniqueText(accessor, inside)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [occurrence]);
    else group.push(occurrence);
  }
  return [...groups.values()];
}

/** All values at a path as one text; nothing there is a value of its own. */
function uniqueText(accessor: OpenEhrEnd, inside: OpenEhrScope): string {
  const values = inside
    .occurrences(accessor.node)
    .flatMap((occurrence) => valuesOf(accessor, occurrence))
    .map((found) => comparedPart(accessor, found === undefined ? undefined : dataValueOf(found)))
    .filter((value) => value !== undefined);
  return canonicalText(values);
}

function comparedPart({ part }: OpenEhrEnd, value: RmValue | undefined): RmValue | undefined {
  if (part === undefined || !isRmObject(value)) return value;
  if (part === "value") return value.value;
  const phrase = value._type === "CODE_PHRASE" ? value : objectAttribute(value, "defining_code");
  return part === "terminology" ? phrase?.terminology_id : phrase;
}

/** One occurrence is bound; of several, and of what they stand in, the others are left out. */
function viewOf(scope: OpenEhrScope, group: readonly Occurrence[]): OpenEhrScope {
  const [first, ...others] = group;
  if (first === undefined) return scope;
  if (others.length === 0) return scope.bind(first);
  let view = scope;
  let level = group;
  for (let node: ScopeNode | undefined = first.node; node?.parent !== undefined; node = node.parent) {
    if (node.isRepeatable) view = view.keep(node, level);
    level = [...new Set(level.flatMap(({ above }) => above ?? []))];
  }
  return view;
}
