import type { OpenEhrAccessor, OpenEhrCondition } from "../plan.js";
import type { Semantics } from "../semantics.js";
import type { Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { comparableText, dataValueOf, valuesOf } from "./openehr-values.js";

/**
 * Narrows what a step sees to the occurrences that satisfy all conditions (fhirconnect-language 6, engine-behaviour 6.3).
 * A condition whose root does not occur at all says nothing. `type` is decided where the value is read.
 * @returns undefined when a condition leaves no occurrence: the step and everything below it is skipped
 */
export function narrow(
  scope: OpenEhrScope,
  conditions: readonly OpenEhrCondition[],
  semantics: Semantics,
): OpenEhrScope | undefined {
  if (conditions.length === 0) return scope;
  let narrowed = scope;
  for (const condition of conditions) {
    if (condition.operator === "type") continue;
    const tested = narrowed.occurrences(condition.root.node);
    if (tested.length === 0) continue;
    const kept = tested.filter((occurrence) => satisfies(narrowed.bind(occurrence), condition, semantics));
    if (kept.length === 0) return undefined;
    if (kept.length < tested.length) narrowed = narrowed.keep(condition.root.node, kept);
  }
  return narrowed;
}

function satisfies(scope: OpenEhrScope, condition: OpenEhrCondition, { severalAttributes }: Semantics): boolean {
  switch (condition.operator) {
    case "one of":
      return condition.attributes.some((attribute) => hasCriterion(scope, attribute, condition.criteria));
    case "not of":
      return !condition.attributes.some((attribute) => hasCriterion(scope, attribute, condition.criteria));
    case "empty":
      return condition.attributes.every((attribute) => !hasValue(attribute, scope.occurrences(attribute.node)));
    case "not empty": {
      const present = (attribute: OpenEhrAccessor): boolean => hasValue(attribute, scope.occurrences(attribute.node));
      return severalAttributes === "all" ? condition.attributes.every(present) : condition.attributes.some(present);
    }
    case "type":
      return true;
    default:
      return condition.operator satisfies never;
  }
}

function hasCriterion(scope: OpenEhrScope, attribute: OpenEhrAccessor, criteria: readonly string[]): boolean {
  return scope.occurrences(attribute.node).some((occurrence) =>
    valuesOf(attribute, occurrence).some((value) => {
      const text = comparableText(attribute, value);
      return text !== undefined && criteria.includes(text);
    }),
  );
}

function hasValue(attribute: OpenEhrAccessor, occurrences: readonly Occurrence[]): boolean {
  return occurrences.some((occurrence) =>
    valuesOf(attribute, occurrence).some((value) => value !== undefined && dataValueOf(value) !== undefined),
  );
}
