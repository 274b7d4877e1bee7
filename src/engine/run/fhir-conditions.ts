import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode, ReferenceResolver } from "../../fhir/path/fhir-node.js";
import { primitiveText } from "../datatypes/fhir-primitives.js";
import { objectsMember, stringMember } from "../datatypes/rm-values.js";
import type { FhirAccessor, FhirCondition } from "../plan.js";
import { baseOf, type FhirObjects } from "./fhir-scope.js";

/**
 * The elements a method maps: those at its path that its `one of` and `not of` conditions leave (engine-behaviour 4.5 and
 * 7.4), provided the other conditions hold.
 */
export function selectElements(
  accessor: FhirAccessor,
  conditions: readonly FhirCondition[],
  objects: FhirObjects,
  resolver: ReferenceResolver,
): readonly FhirNode[] {
  let selected: readonly FhirNode[] | undefined;
  for (const condition of conditions) {
    if (condition.operator !== "one of" && condition.operator !== "not of") {
      if (!holds(condition, objects, resolver)) return [];
      continue;
    }
    selected = narrowed(accessor, condition, selected, objects, resolver);
    if (selected.length === 0) return [];
  }
  return followed(accessor, selected ?? elementsAt(accessor, objects, resolver), resolver);
}

/**
 * A `reference` method maps the targets of its references (fhirconnect-language 9). `resourceType` says what to create in
 * the other direction; published mappings rely on other types being read all the same.
 */
function followed(
  accessor: FhirAccessor,
  elements: readonly FhirNode[],
  resolver: ReferenceResolver,
): readonly FhirNode[] {
  if (accessor.referencedType === undefined) return elements;
  return elements
    .map((element) => (element.type === "Reference" ? resolver.resolve(element) : element))
    .filter((target) => target !== undefined);
}

/** The mapped elements that one more condition leaves of those left so far (undefined: none has narrowed them yet). */
function narrowed(
  accessor: FhirAccessor,
  condition: FhirCondition,
  left: readonly FhirNode[] | undefined,
  objects: FhirObjects,
  resolver: ReferenceResolver,
): readonly FhirNode[] {
  if (condition.relation === "filter" && !accessor.isBase) {
    const passing = filtered(condition, objects, resolver);
    if (left === undefined) return passing;
    const values = new Set(passing.map((node) => node.value));
    return left.filter((node) => values.has(node.value));
  }
  const elements = left ?? elementsAt(accessor, objects, resolver);
  if (condition.relation === "below") {
    return elements.filter((node) => condition.accepts(textsBelow(node, condition, resolver)));
  }
  return kept(condition, objects, resolver).length > 0 ? elements : [];
}

/** Whether a condition is satisfied by any element it tests; used for files as a whole and for `empty`, `not empty`, `type`. */
export function holds(condition: FhirCondition, objects: FhirObjects, resolver: ReferenceResolver): boolean {
  const roots = rootsOf(condition, objects, resolver);
  switch (condition.operator) {
    case "one of":
    case "not of":
      return kept(condition, objects, resolver).length > 0;
    case "empty":
      return !roots.some((root) => hasContent(root, condition, resolver, "some"));
    case "not empty":
      return roots.some((root) => hasContent(root, condition, resolver, "every"));
    case "type": {
      const looked =
        condition.attributes.length === 0 ? roots : roots.flatMap((root) => attributesOf(root, condition, resolver));
      return looked.length === 0 || looked.some((node) => condition.criteria.includes(node.type));
    }
    default:
      return condition.operator satisfies never;
  }
}

function elementsAt(accessor: FhirAccessor, objects: FhirObjects, resolver: ReferenceResolver): readonly FhirNode[] {
  const base = baseOf(accessor.base, objects);
  if (accessor.isBase) {
    return accessor.requiredType === undefined || accessor.requiredType === base.type ? [base] : [];
  }
  return accessor.read?.evaluate(base, resolver) ?? [];
}

function rootsOf(condition: FhirCondition, objects: FhirObjects, resolver: ReferenceResolver): readonly FhirNode[] {
  const base = baseOf(condition.base, objects);
  return condition.root === undefined ? [base] : condition.root.evaluate(base, resolver);
}

function kept(condition: FhirCondition, objects: FhirObjects, resolver: ReferenceResolver): readonly FhirNode[] {
  return rootsOf(condition, objects, resolver).filter((root) =>
    condition.accepts(textsBelow(root, condition, resolver)),
  );
}

function filtered(condition: FhirCondition, objects: FhirObjects, resolver: ReferenceResolver): readonly FhirNode[] {
  const roots = kept(condition, objects, resolver);
  const { rest } = condition;
  return rest === undefined ? roots : roots.flatMap((root) => rest.evaluate(root, resolver));
}

function attributesOf(node: FhirNode, condition: FhirCondition, resolver: ReferenceResolver): readonly FhirNode[] {
  if (condition.attributes.length === 0) return [node];
  const [only] = condition.attributes;
  if (condition.attributes.length === 1 && only !== undefined) return only.evaluate(node, resolver);
  return condition.attributes.flatMap((attribute) => attribute.evaluate(node, resolver));
}

function hasContent(
  node: FhirNode,
  condition: FhirCondition,
  resolver: ReferenceResolver,
  quantity: "some" | "every",
): boolean {
  const present = (path: FhirCondition["attributes"][number]): boolean => path.evaluate(node, resolver).length > 0;
  if (condition.attributes.length === 0) return true;
  return quantity === "some" ? condition.attributes.some(present) : condition.attributes.every(present);
}

function textsBelow(node: FhirNode, condition: FhirCondition, resolver: ReferenceResolver): readonly string[] {
  const texts: string[] = [];
  for (const attribute of attributesOf(node, condition, resolver)) addComparableTexts(attribute, texts);
  return texts;
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
