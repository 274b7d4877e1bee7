import type { MappingMethod } from "../../fhirconnect/syntax/tree.js";
import type { FhirBase } from "../plan.js";
import { beginsWith, type FhirPathText, readFhirPathText } from "./fhir-path-text.js";
import { type Place, placeAtBase } from "./place.js";

/**
 * Where a FHIR path is created, and what of it: an absolute path that leads through the element of a group begins at that
 * (fhirconnect-language 7), which stands where the methods at the top of the model have their enclosing element.
 */
export function creationOf(
  { hierarchy, depth }: Place,
  { base, steps }: FhirPathText,
): { readonly from: FhirBase; readonly steps: readonly string[]; readonly isInGroup: boolean } {
  const { elementPath } = hierarchy;
  const isAbsolute = base === "model" || (base === "enclosing" && depth === 0);
  if (elementPath === undefined || !isAbsolute) return { from: base, steps, isInGroup: false };
  // At the top of a model its object is also the enclosing element, whose place the element of the group takes.
  if (!beginsWith(steps, elementPath)) return { from: "model", steps, isInGroup: false };
  return { from: depth === 0 ? "enclosing" : depth, steps: steps.slice(elementPath.length), isInGroup: true };
}

/** Whether the path of a method, or one that its conditions look at, leads to, through or into what its model iterates. */
export function meetsIterated(place: Place, method: MappingMethod, own: FhirPathText): boolean {
  const iterated = place.hierarchy.iteratedPath;
  if (iterated === undefined) return false;
  const wanted = elementNames(iterated);
  const conditions = method.fhirConditions.flatMap(({ targetRoot, targetAttributes }) => {
    const root = readFhirPathText(targetRoot.value);
    const attributes = targetAttributes.map(({ value }) => readFhirPathText(value).steps);
    return [[], ...attributes].map((attribute) => ({ base: root.base, steps: [...root.steps, ...attribute] }));
  });
  return [own, ...conditions].some((path) => {
    const names = elementNames(stepsFromModel(place, path));
    return names.length > 0 && (beginsWith(names, wanted) || beginsWith(wanted, names));
  });
}

function stepsFromModel(place: Place, { base, steps }: FhirPathText): readonly string[] {
  if (base === "model") return steps;
  const enclosing = placeAtBase(place, base)?.fhir;
  return enclosing === undefined ? [] : [...enclosing, ...steps];
}

/** Steps without casts, criteria and indexes: where they lead, whatever they choose there. */
function elementNames(steps: readonly string[]): readonly string[] {
  return steps.filter((step) => !step.endsWith(")")).map((step) => step.replace(/\[\d+\]$/, ""));
}
