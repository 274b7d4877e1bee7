import { isRmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import type { Semantics } from "../semantics.js";
import type { Occurrence, OpenEhrScope } from "./openehr-scope.js";
import { comparableText, dataValueOf, valuesOf } from "./openehr-values.js";
import type { ScopeNode } from "./scope-nodes.js";
import type { OpenEhrEnd, OpenEhrTest } from "./to-fhir-plan.js";

/** What the conditions of neighbouring methods compare, and the texts found there. */
interface Compared {
  readonly scope: OpenEhrScope;
  readonly root: ScopeNode;
  readonly attribute: OpenEhrEnd;
  /** Of each occurrence of the root. */
  readonly texts: readonly (readonly string[])[];
}

/** Narrows what steps see by their conditions, for one run. */
export class OpenEhrSelection {
  readonly #semantics: Semantics;
  readonly #remembers: boolean;
  /** Entries of `manual` compare the same value one after the other: it is looked up once. */
  #compared: Compared | undefined = undefined;

  /** @param remembers false when every method has to look for itself, because somebody keeps account of it */
  constructor(semantics: Semantics, remembers: boolean) {
    this.#semantics = semantics;
    this.#remembers = remembers;
  }

  /**
   * Narrows what a step sees to the occurrences that satisfy all conditions (fhirconnect-language 6, engine-behaviour 6.3).
   * A condition whose root does not occur at all says nothing. `type` is decided where the value is read.
   * @returns undefined when a condition leaves no occurrence: the step and everything below it is skipped
   */
  narrow(scope: OpenEhrScope, conditions: readonly OpenEhrTest[]): OpenEhrScope | undefined {
    if (conditions.length === 0) return scope;
    let narrowed = scope;
    for (const condition of conditions) {
      const tested = narrowed.occurrences(condition.root.node);
      if (tested.length === 0) continue;
      const kept = this.#kept(narrowed, tested, condition);
      if (kept.length === 0) return undefined;
      if (kept.length < tested.length) narrowed = narrowed.keep(condition.root.node, kept);
    }
    return narrowed;
  }

  #kept(scope: OpenEhrScope, tested: readonly Occurrence[], condition: OpenEhrTest): readonly Occurrence[] {
    const { attributes, operator, criteria } = condition;
    const [only] = attributes;
    if (only === undefined || attributes.length > 1 || (operator !== "one of" && operator !== "not of"))
      return tested.filter((occurrence) => satisfies(scope.bind(occurrence), condition, this.#semantics));
    const texts = this.#texts(scope, tested, condition.root.node, only);
    return tested.filter((_, at) => meets(texts[at] ?? [], criteria) === (operator === "one of"));
  }

  #texts(
    scope: OpenEhrScope,
    tested: readonly Occurrence[],
    root: ScopeNode,
    attribute: OpenEhrEnd,
  ): Compared["texts"] {
    const last = this.#compared;
    if (last?.scope === scope && last.root === root && areAlike(last.attribute, attribute)) return last.texts;
    const texts = tested.map((occurrence) => textsAt(scope.bind(occurrence), attribute));
    if (this.#remembers) this.#compared = { scope, root, attribute, texts };
    return texts;
  }
}

/** Whether two paths compare the same. */
function areAlike(one: OpenEhrEnd, other: OpenEhrEnd): boolean {
  if (one === other) return true;
  return one.node === other.node && one.part === other.part && one.members.length + other.members.length === 0;
}

function meets(texts: readonly string[], criteria: readonly string[]): boolean {
  return texts.some((text) => criteria.includes(text));
}

function satisfies(scope: OpenEhrScope, condition: OpenEhrTest, { severalAttributes }: Semantics): boolean {
  switch (condition.operator) {
    case "one of":
      return condition.attributes.some((attribute) => meets(textsAt(scope, attribute), condition.criteria));
    case "not of":
      return !condition.attributes.some((attribute) => meets(textsAt(scope, attribute), condition.criteria));
    case "empty":
      return condition.attributes.every((attribute) => !hasValue(attribute, scope.occurrences(attribute.node)));
    case "not empty": {
      const present = (attribute: OpenEhrEnd): boolean => hasValue(attribute, scope.occurrences(attribute.node));
      return severalAttributes === "all" ? condition.attributes.every(present) : condition.attributes.some(present);
    }
    case "type":
      return true;
    default:
      return condition.operator satisfies never;
  }
}

/** The texts at a path that can be compared. */
function textsAt(scope: OpenEhrScope, attribute: OpenEhrEnd): readonly string[] {
  const texts: string[] = [];
  for (const occurrence of scope.occurrences(attribute.node)) {
    for (const value of valuesOf(attribute, occurrence)) {
      const text = comparableText(attribute, value);
      if (text !== undefined) texts.push(text);
    }
  }
  return texts;
}

function hasValue(attribute: OpenEhrEnd, occurrences: readonly Occurrence[]): boolean {
  return occurrences.some((occurrence) =>
    valuesOf(attribute, occurrence).some((value) => value !== undefined && saysSomething(dataValueOf(value))),
  );
}

/** A data value without any member, such as a DV_DATE_TIME without its text, is none. */
function saysSomething(value: RmValue | undefined): boolean {
  if (!isRmObject(value)) return value !== undefined;
  for (const member in value) if (member !== "_type") return true;
  return false;
}
