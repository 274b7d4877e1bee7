import { isJsonObject } from "../../fhir/json.js";
import type { CompiledFhirPath } from "../../fhir/path/compile-fhir-path.js";
import { spendVisits } from "../../fhir/path/evaluation-budget.js";
import type { FhirNode, ReferenceResolver } from "../../fhir/path/fhir-node.js";
import { type FoundNodes, isList, isNothing, listOf } from "../../fhir/path/found-nodes.js";
import { primitiveText } from "../datatypes/fhir-primitives.js";
import { objectsMember, stringMember } from "../datatypes/rm-values.js";
import type { FhirAccessor, FhirCondition } from "../plan.js";
import { baseOf, type FhirObjects } from "./fhir-scope.js";

/** What the conditions of neighbouring methods look at, and the texts found there. */
interface Looked {
  readonly base: FhirNode;
  readonly root: CompiledFhirPath | undefined;
  readonly attributes: readonly CompiledFhirPath[];
  readonly roots: FoundNodes;
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
  elements(accessor: FhirAccessor, conditions: readonly FhirCondition[], objects: FhirObjects): FoundNodes {
    if (conditions.length === 0) return this.#followed(accessor, this.#elementsAt(accessor, objects));
    let selected: FoundNodes;
    let isNarrowed = false;
    for (const condition of conditions) {
      if (condition.operator !== "one of" && condition.operator !== "not of") {
        if (!this.holds(condition, objects)) return undefined;
        continue;
      }
      selected = isNarrowed
        ? this.#narrowedFurther(accessor, condition, listOf(selected), objects)
        : this.#narrowed(accessor, condition, objects);
      if (isNothing(selected)) return undefined;
      isNarrowed = true;
    }
    return this.#followed(accessor, isNarrowed ? selected : this.#elementsAt(accessor, objects));
  }

  /** Whether a condition is satisfied by any element it tests; used for files as a whole and for `empty`, `not empty`, `type`. */
  holds(condition: FhirCondition, objects: FhirObjects): boolean {
    switch (condition.operator) {
      case "one of":
      case "not of":
        return this.#decides(condition, objects);
      case "empty":
        return !this.#hasContent(condition, this.#roots(condition, objects), "some");
      case "not empty":
        return this.#hasContent(condition, this.#roots(condition, objects), "every");
      case "type": {
        const looked = this.#roots(condition, objects).flatMap((root) =>
          listOf(this.#compared(root, condition.attributes)),
        );
        if (looked.length === 0) return condition.holdsForNothing;
        return looked.some((node) => condition.criteria.includes(node.type));
      }
      default:
        return condition.operator satisfies never;
    }
  }

  /** What stands at a method's path, whatever its conditions and the casts at its end leave of it. */
  addressed({ addressed, base }: FhirAccessor, objects: FhirObjects): readonly FhirNode[] {
    return addressed?.evaluate(baseOf(base, objects), this.#resolver) ?? none;
  }

  /** A `reference` method maps the targets of its references (fhirconnect-language 9). */
  #followed(accessor: FhirAccessor, elements: FoundNodes): FoundNodes {
    return accessor.referencedType === undefined ? elements : this.#targets(accessor, listOf(elements));
  }

  #targets(accessor: FhirAccessor, elements: readonly FhirNode[]): readonly FhirNode[] {
    return elements
      .map((element) => {
        if (element.type === "Reference") return this.#resolver.resolve(element);
        return accessor.targetsOnly ? undefined : element;
      })
      .filter((target) => target !== undefined)
      .filter(({ type }) => accessor.targetType === undefined || accessor.targetType === type);
  }

  /** The mapped elements that a condition leaves. */
  #narrowed(accessor: FhirAccessor, condition: FhirCondition, objects: FhirObjects): FoundNodes {
    if (condition.relation === "filter" && !accessor.isBase) return this.#filtered(condition, objects);
    if (condition.relation === "below") return this.#passing(condition, listOf(this.#elementsAt(accessor, objects)));
    return this.#decides(condition, objects) ? this.#elementsAt(accessor, objects) : undefined;
  }

  /** Those that one more condition leaves of the mapped elements that others have left. */
  #narrowedFurther(
    accessor: FhirAccessor,
    condition: FhirCondition,
    left: readonly FhirNode[],
    objects: FhirObjects,
  ): readonly FhirNode[] {
    if (condition.relation === "filter" && !accessor.isBase) {
      const values = new Set(listOf(this.#filtered(condition, objects)).map((node) => node.value));
      return left.filter((node) => values.has(node.value));
    }
    if (condition.relation === "below") return this.#passing(condition, left);
    return this.#decides(condition, objects) ? left : none;
  }

  #passing(condition: FhirCondition, elements: readonly FhirNode[]): readonly FhirNode[] {
    return elements.filter((node) => condition.accepts(this.#textsBelow(node, condition.attributes)));
  }

  #elementsAt(accessor: FhirAccessor, objects: FhirObjects): FoundNodes {
    const base = baseOf(accessor.base, objects);
    if (accessor.isBase) {
      return accessor.requiredType === undefined || accessor.requiredType === base.type ? base : undefined;
    }
    return accessor.read?.find(base, this.#resolver);
  }

  #roots({ base, root }: FhirCondition, objects: FhirObjects): readonly FhirNode[] {
    const from = baseOf(base, objects);
    return root === undefined ? [from] : root.evaluate(from, this.#resolver);
  }

  /** Whether a condition that looks elsewhere lets the method run. */
  #decides(condition: FhirCondition, objects: FhirObjects): boolean {
    if (!isNothing(this.#kept(condition, objects))) return true;
    return condition.holdsForNothing && isNothing(this.#look(condition, objects).roots);
  }

  #kept(condition: FhirCondition, objects: FhirObjects): FoundNodes {
    const { roots, texts } = this.#look(condition, objects);
    const [only] = texts;
    if (texts.length === 1 && only !== undefined) return condition.accepts(only) ? roots : undefined;
    return texts.length === 0 ? undefined : acceptedOf(condition, listOf(roots), texts);
  }

  #look(condition: FhirCondition, objects: FhirObjects): Looked {
    const { root, attributes } = condition;
    const base = baseOf(condition.base, objects);
    const last = this.#looked;
    if (last?.base === base && last.root === root && isSameList(last.attributes, attributes)) return last;
    const roots = root === undefined ? base : root.find(base, this.#resolver);
    const texts: (readonly string[])[] = [];
    if (isList(roots)) {
      if (roots.length > 1) spendVisits(this.#resolver, roots.length);
      for (const one of roots) texts.push(this.#textsBelow(one, attributes));
    } else if (roots !== undefined) texts.push(this.#textsBelow(roots, attributes));
    const looked = { base, root, attributes, roots, texts };
    if (this.#remembers) this.#looked = looked;
    return looked;
  }

  #filtered(condition: FhirCondition, objects: FhirObjects): FoundNodes {
    const roots = this.#kept(condition, objects);
    const { rest } = condition;
    if (rest === undefined || roots === undefined) return roots;
    if (!isList(roots)) return rest.find(roots, this.#resolver);
    return roots.flatMap((root) => rest.evaluate(root, this.#resolver));
  }

  /** Whether there is anything at some or every attribute, be it of one root or of another (engine-behaviour 7.3). */
  #hasContent({ attributes }: FhirCondition, roots: readonly FhirNode[], quantity: "some" | "every"): boolean {
    if (attributes.length === 0) return roots.length > 0;
    const isPresent = (attribute: CompiledFhirPath): boolean =>
      roots.some((root) => attribute.evaluate(root, this.#resolver).length > 0);
    return quantity === "some" ? attributes.some(isPresent) : attributes.every(isPresent);
  }

  #compared(node: FhirNode, attributes: readonly CompiledFhirPath[]): FoundNodes {
    const [only] = attributes;
    if (only === undefined) return node;
    if (attributes.length === 1) return only.find(node, this.#resolver);
    return attributes.flatMap((attribute) => attribute.evaluate(node, this.#resolver));
  }

  #textsBelow(node: FhirNode, attributes: readonly CompiledFhirPath[]): readonly string[] {
    const compared = this.#compared(node, attributes);
    const texts: string[] = [];
    if (isList(compared)) for (const attribute of compared) addComparableTexts(attribute, texts);
    else if (compared !== undefined) addComparableTexts(compared, texts);
    return texts;
  }
}

const none: readonly FhirNode[] = [];

function acceptedOf(
  condition: FhirCondition,
  roots: readonly FhirNode[],
  texts: readonly (readonly string[])[],
): readonly FhirNode[] {
  return roots.filter((_, at) => condition.accepts(texts[at] ?? []));
}

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
