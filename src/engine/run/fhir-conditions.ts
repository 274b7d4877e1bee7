import { isJsonObject } from "../../fhir/json.js";
import type { CompiledFhirPath } from "../../fhir/path/compile-fhir-path.js";
import { spendVisits } from "../../fhir/path/evaluation-budget.js";
import type { FhirNode, ReferenceResolver } from "../../fhir/path/fhir-node.js";
import { primitiveText } from "../datatypes/fhir-primitives.js";
import { objectsMember, stringMember } from "../datatypes/rm-values.js";
import type { FhirAccessor, FhirCondition } from "../plan.js";
import { baseOf, type FhirObjects } from "./fhir-scope.js";

/** What the conditions of neighbouring methods look at, and the texts found there. */
interface Looked {
  readonly base: FhirNode;
  readonly root: CompiledFhirPath | undefined;
  readonly attributes: readonly CompiledFhirPath[];
  readonly roots: readonly FhirNode[];
  /** Compared texts of each root. */
  readonly texts: readonly (readonly string[])[];
}

/** Selects the elements that methods map, for one run. */
export class FhirSelection {
  readonly #resolver: ReferenceResolver;
  readonly #remembers: boolean;
  /** Entries of `manual` compare the same element one after the other: it is looked up once. */
  #looked: Looked | undefined = undefined;

  /** @param remembers false when every method has to look for itself, because somebody keeps account of it */
  constructor(resolver: ReferenceResolver, remembers: boolean) {
    this.#resolver = resolver;
    this.#remembers = remembers;
  }

  /**
   * The elements a method maps: those at its path that its `one of` and `not of` conditions leave (engine-behaviour 4.5 and
   * 7.4), provided the other conditions hold.
   */
  elements(accessor: FhirAccessor, conditions: readonly FhirCondition[], objects: FhirObjects): readonly FhirNode[] {
    let selected: readonly FhirNode[] | undefined;
    for (const condition of conditions) {
      if (condition.operator !== "one of" && condition.operator !== "not of") {
        if (!this.holds(condition, objects)) return none;
        continue;
      }
      selected = this.#narrowed(accessor, condition, selected, objects);
      if (selected.length === 0) return none;
    }
    return this.#followed(accessor, selected ?? this.#elementsAt(accessor, objects));
  }

  /** Whether a condition is satisfied by any element it tests; used for files as a whole and for `empty`, `not empty`, `type`. */
  holds(condition: FhirCondition, objects: FhirObjects): boolean {
    switch (condition.operator) {
      case "one of":
      case "not of":
        return this.#kept(condition, objects).length > 0;
      case "empty":
        return !this.#hasContent(condition, this.#roots(condition, objects), "some");
      case "not empty":
        return this.#hasContent(condition, this.#roots(condition, objects), "every");
      case "type": {
        const looked = this.#roots(condition, objects).flatMap((root) => this.#compared(root, condition.attributes));
        return looked.length === 0 || looked.some((node) => condition.criteria.includes(node.type));
      }
      default:
        return condition.operator satisfies never;
    }
  }

  /** What stands at a method's path, whatever its conditions and the casts at its end leave of it. */
  addressed({ addressed, base }: FhirAccessor, objects: FhirObjects): readonly FhirNode[] {
    return addressed?.evaluate(baseOf(base, objects), this.#resolver) ?? none;
  }

  /**
   * A `reference` method maps the targets of its references (fhirconnect-language 9). `resourceType` says what to create in
   * the other direction; published mappings rely on other types being read all the same.
   */
  #followed(accessor: FhirAccessor, elements: readonly FhirNode[]): readonly FhirNode[] {
    if (accessor.referencedType === undefined) return elements;
    return elements
      .map((element) => {
        if (element.type === "Reference") return this.#resolver.resolve(element);
        return accessor.targetsOnly ? undefined : element;
      })
      .filter((target) => target !== undefined);
  }

  /** The mapped elements that one more condition leaves of those left so far (undefined: none has narrowed them yet). */
  #narrowed(
    accessor: FhirAccessor,
    condition: FhirCondition,
    left: readonly FhirNode[] | undefined,
    objects: FhirObjects,
  ): readonly FhirNode[] {
    if (condition.relation === "filter" && !accessor.isBase) {
      const passing = this.#filtered(condition, objects);
      if (left === undefined) return passing;
      const values = new Set(passing.map((node) => node.value));
      return left.filter((node) => values.has(node.value));
    }
    if (condition.relation === "below") {
      const elements = left ?? this.#elementsAt(accessor, objects);
      return elements.filter((node) => condition.accepts(this.#textsBelow(node, condition.attributes)));
    }
    return this.#kept(condition, objects).length > 0 ? (left ?? this.#elementsAt(accessor, objects)) : none;
  }

  #elementsAt(accessor: FhirAccessor, objects: FhirObjects): readonly FhirNode[] {
    const base = baseOf(accessor.base, objects);
    if (accessor.isBase) {
      return accessor.requiredType === undefined || accessor.requiredType === base.type ? [base] : none;
    }
    return accessor.read?.evaluate(base, this.#resolver) ?? none;
  }

  #roots({ base, root }: FhirCondition, objects: FhirObjects): readonly FhirNode[] {
    const from = baseOf(base, objects);
    return root === undefined ? [from] : root.evaluate(from, this.#resolver);
  }

  #kept(condition: FhirCondition, objects: FhirObjects): readonly FhirNode[] {
    const { roots, texts } = this.#look(condition, objects);
    const [only] = texts;
    if (texts.length === 1 && only !== undefined) return condition.accepts(only) ? roots : none;
    return roots.filter((_, at) => condition.accepts(texts[at] ?? []));
  }

  #look(condition: FhirCondition, objects: FhirObjects): Looked {
    const { root, attributes } = condition;
    const base = baseOf(condition.base, objects);
    const last = this.#looked;
    if (last?.base === base && last.root === root && isSameList(last.attributes, attributes)) return last;
    const roots = root === undefined ? [base] : root.evaluate(base, this.#resolver);
    if (roots.length > 1) spendVisits(this.#resolver, roots.length);
    const looked = { base, root, attributes, roots, texts: roots.map((one) => this.#textsBelow(one, attributes)) };
    if (this.#remembers) this.#looked = looked;
    return looked;
  }

  #filtered(condition: FhirCondition, objects: FhirObjects): readonly FhirNode[] {
    const roots = this.#kept(condition, objects);
    const { rest } = condition;
    return rest === undefined ? roots : roots.flatMap((root) => rest.evaluate(root, this.#resolver));
  }

  /** Whether there is anything at some or every attribute, be it of one root or of another (engine-behaviour 7.3). */
  #hasContent({ attributes }: FhirCondition, roots: readonly FhirNode[], quantity: "some" | "every"): boolean {
    if (attributes.length === 0) return roots.length > 0;
    const isPresent = (attribute: CompiledFhirPath): boolean =>
      roots.some((root) => attribute.evaluate(root, this.#resolver).length > 0);
    return quantity === "some" ? attributes.some(isPresent) : attributes.every(isPresent);
  }

  #compared(node: FhirNode, attributes: readonly CompiledFhirPath[]): readonly FhirNode[] {
    const [only] = attributes;
    if (only === undefined) return [node];
    if (attributes.length === 1) return only.evaluate(node, this.#resolver);
    return attributes.flatMap((attribute) => attribute.evaluate(node, this.#resolver));
  }

  #textsBelow(node: FhirNode, attributes: readonly CompiledFhirPath[]): readonly string[] {
    const texts: string[] = [];
    for (const attribute of this.#compared(node, attributes)) addComparableTexts(attribute, texts);
    return texts;
  }
}

const none: readonly FhirNode[] = [];

function isSameList(one: readonly CompiledFhirPath[], other: readonly CompiledFhirPath[]): boolean {
  return one === other || (one.length === other.length && one.every((path, at) => path === other[at]));
}

/** A complex value stands for its code or text in a comparison (fhirconnect-language 6.3). */
function addComparableTexts(node: FhirNode, texts: string[]): void {
  if (!isJsonObject(node.value)) {
    const text = primitiveText(node);
    if (text !== undefined) texts.push(text);
    return;
  }
  if (node.type === "CodeableConcept") {
    for (const coding of objectsMember(node.value, "coding")) addText(stringMember(coding, "code"), texts);
  }
  addText(stringMember(node.value, node.type === "Identifier" ? "value" : "code"), texts);
}

function addText(text: string | undefined, texts: string[]): void {
  if (text !== undefined) texts.push(text);
}
