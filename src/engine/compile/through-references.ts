import type { FhirElement, FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { FhirPathText } from "./fhir-path-text.js";
import { type Place, typedPath } from "./place.js";
import { typesAt } from "./type-pair-check.js";

/** A step that names an element, without its index. */
function elementName(step: string): string | undefined {
  return /^(\w+)(?:\[\d+\])?$/.exec(step)?.[1];
}

/** The elements at the end of a path; none where that does not tell. */
function elementsAt(type: string | undefined, steps: readonly string[], schema: FhirSchema): readonly FhirElement[] {
  const name = elementName(steps.at(-1) ?? "");
  if (name === undefined) return [];
  return typesAt(type, steps.slice(0, -1), schema).flatMap((owner) => schema.type(owner)?.elements.get(name) ?? []);
}

function isReference({ types }: FhirElement): boolean {
  return types.length === 1 && types[0] === "Reference";
}

/**
 * A path that goes from a Reference into an element that only the resources behind it have, with the `resolve()` that it
 * leaves out; undefined for every other path (fhirconnect-language 5.2).
 */
export function withImplicitResolve(place: Place, path: FhirPathText, schema: FhirSchema): FhirPathText | undefined {
  const { type, steps } = typedPath(place, path);
  const own = steps.length - path.steps.length;
  const at = steps.findIndex((step, index) => {
    const name = elementName(step);
    if (index < Math.max(own, 1) || name === undefined || schema.type("Reference")?.elements.has(name)) return false;
    const holders = elementsAt(type, steps.slice(0, index), schema);
    const targets = holders.flatMap((holder) => holder.targets ?? []);
    return holders.some(isReference) && targets.some((target) => schema.type(target)?.elements.has(name));
  });
  if (at < 0) return undefined;
  return { ...path, steps: [...path.steps.slice(0, at - own), "resolve()", ...path.steps.slice(at - own)] };
}

/** A path along which References are made for themselves where it does not say what stands behind them. */
export function withPlainReferences(
  type: string | undefined,
  above: readonly string[],
  steps: readonly string[],
  schema: FhirSchema,
): readonly string[] {
  return steps.flatMap((step, at) => {
    const next = steps[at + 1] ?? "";
    const elements = elementsAt(type, [...above, ...steps.slice(0, at + 1)], schema);
    const isPlain = elements.length > 0 && elements.every(isReference) && !/^(?:as|ofType|resolve)\(/.test(next);
    return isPlain ? [step, "as(Reference)"] : [step];
  });
}
