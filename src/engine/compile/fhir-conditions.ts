import type { CompiledFhirPath } from "../../fhir/path/compile-fhir-path.js";
import type { Condition } from "../../fhirconnect/syntax/tree.js";
import type { FhirCondition } from "../plan.js";
import type { Semantics } from "../semantics.js";
import { beginsWith, type FhirPathText, readFhirPathText } from "./fhir-path-text.js";

/** What is known of the method that a condition guards. */
export interface GuardedPath {
  /** Its own FHIR path. */
  readonly own: FhirPathText;
  /** False for constants and for `$fhirRoot`: these map no elements of their own, the condition decides for all of them. */
  readonly hasElements: boolean;
  /** Steps from the model's object to the element that its path starts at; undefined when that leads through a reference. */
  readonly enclosing: readonly string[] | undefined;
}

/**
 * Compiles a FHIR condition (fhirconnect-language 6.2 and 6.3, engine-behaviour 4.5). The path of the tested elements is
 * compared with the method's own path to tell a filter from a switch.
 * @param read compiles the path text of some steps; reports what it cannot compile and answers undefined
 */
export function compileFhirCondition(
  condition: Condition,
  guarded: GuardedPath,
  read: (steps: readonly string[]) => CompiledFhirPath | undefined,
  semantics: Semantics,
): FhirCondition {
  const written = readFhirPathText(condition.targetRoot.value);
  const { base, steps } = relativeTo(guarded, written, condition, semantics);
  const own = guarded.own;
  const attributes = comparedAttributes(condition, semantics).map(
    (attribute) => readFhirPathText(attribute.value).steps,
  );
  const accepts = acceptance(condition, semantics);
  const common = {
    operator: condition.operator.value,
    criteria: condition.criteria.map((criterion) => criterion.value),
    base,
    holdsForNothing: holdsForNothing(condition, semantics),
    accepts,
  };
  const compiled = (path: readonly string[]): CompiledFhirPath | undefined =>
    path.length === 0 ? undefined : read(path);
  const all = (paths: readonly (readonly string[])[]): readonly CompiledFhirPath[] =>
    paths.map(compiled).filter((path) => path !== undefined);
  // What is asked of the root is whether the method runs, and not which of the mapped elements it maps.
  if (asksForPresence(condition)) {
    return { ...common, relation: "switch", root: compiled(steps), rest: undefined, attributes: all(attributes) };
  }
  if (base === own.base && beginsWith(own.steps, steps)) {
    return {
      ...common,
      relation: "filter",
      root: compiled(steps),
      rest: compiled(own.steps.slice(steps.length)),
      attributes: all(attributes),
    };
  }
  if (base === own.base && own.steps.length > 0 && beginsWith(steps, own.steps)) {
    const below = steps.slice(own.steps.length);
    return {
      ...common,
      relation: "below",
      root: undefined,
      rest: undefined,
      attributes: all(attributes.length === 0 ? [below] : attributes.map((attribute) => [...below, ...attribute])),
    };
  }
  const isBelowBase = base === own.base && own.steps.length === 0;
  if (guarded.hasElements && !isBelowBase && semantics.unrelatedRoot === "attribute-on-element") {
    // There the attribute is looked for as `Observation.code…` below the mapped element, which never has it.
    if (written.base === "model")
      return {
        ...common,
        relation: "below",
        root: undefined,
        rest: undefined,
        attributes: [],
        accepts: () => accepts([]),
      };
    return { ...common, relation: "below", root: undefined, rest: undefined, attributes: all(attributes) };
  }
  return { ...common, relation: "switch", root: compiled(steps), rest: undefined, attributes: all(attributes) };
}

/** `one of` and `not of` may compare the first attribute only (engine-behaviour 2.7); `empty` and `not empty` look at all. */
function comparedAttributes(
  { operator, targetAttributes }: Condition,
  { severalAttributes }: Semantics,
): Condition["targetAttributes"] {
  if (severalAttributes === "all") return targetAttributes;
  return operator.value === "one of" || operator.value === "not of" ? targetAttributes.slice(0, 1) : targetAttributes;
}

/** With `not of` no value is among the criteria where there is none, with `type` none is of the type (fhirconnect-language 6.3). */
function holdsForNothing({ operator }: Condition, { absentRoots }: Semantics): boolean {
  return operator.value === (absentRoots === "hold-type" ? "type" : "not of");
}

function asksForPresence({ operator }: Condition): boolean {
  return operator.value === "empty" || operator.value === "not empty";
}

/**
 * A root written from the model's object is taken from the enclosing element where it runs through that. At the top of a model
 * both are the same object.
 */
function relativeTo(
  guarded: GuardedPath,
  root: FhirPathText,
  condition: Condition,
  { unrelatedRoot }: Semantics,
): FhirPathText {
  if (root.base === "enclosing" && guarded.own.base === "model") {
    const isTop = guarded.enclosing?.length === 0;
    // openFHIR puts a bare `$fhirRoot` in front of the path, which begins at the model's object also further down.
    const isBare = root.steps.length === 0 && !asksForPresence(condition) && unrelatedRoot === "attribute-on-element";
    return isTop || isBare ? { base: "model", steps: root.steps } : root;
  }
  if (root.base !== "model" || guarded.own.base === "model" || guarded.enclosing === undefined) return root;
  return beginsWith(root.steps, guarded.enclosing)
    ? { base: guarded.own.base, steps: root.steps.slice(guarded.enclosing.length) }
    : root;
}

/** How `one of` and `not of` compare (engine-behaviour 4.5; fhirconnect-language 6.3). */
function acceptance(condition: Condition, semantics: Semantics): (values: readonly string[]) => boolean {
  const written = condition.criteria.map((criterion) => criterion.value);
  // Of criteria in one bracketed text openFHIR looks at the first (fhirconnect-language 6.5).
  const criteria =
    condition.bracketed === true && semantics.bracketedCriteria === "first" ? written.slice(0, 1) : written;
  const [single, ...others] = criteria;
  if (single !== undefined && others.length === 0 && semantics.criteria !== "equality") {
    // Most conditions have one criterion, and look at one value.
    return condition.operator.value === "not of"
      ? (values) => !joinedText(values).includes(single)
      : (values) => joinedText(values).includes(single);
  }
  const occurs =
    semantics.criteria === "equality"
      ? (values: readonly string[]) => values.some((value) => criteria.includes(value))
      : (values: readonly string[]) => {
          const joined = joinedText(values);
          return criteria.some((criterion) => joined.includes(criterion));
        };
  return condition.operator.value === "not of" ? (values) => !occurs(values) : occurs;
}

function joinedText(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : values.join(",");
}
