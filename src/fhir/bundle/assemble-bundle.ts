import { Problem } from "../../errors/problem.js";
import type { JsonObject } from "../json.js";
import { FhirInstance, type FieldContent } from "../path/fhir-instance.js";
import { fhirUnknownType } from "../problems.js";
import type { FhirSchema } from "../schema/fhir-schema.js";
import { type FhirJsonOptions, primitiveValue, writeFhirJson } from "./write-fhir-json.js";

export interface BundleOptions extends FhirJsonOptions {
  /** What becomes of the literal `reference` of a Reference that leads to no resource of the result; `removed` when left out. */
  readonly literalReferences?: "removed" | "kept";
}

/**
 * Assembles the result of a mapping (engine-behaviour 6.8): a Bundle of type `collection` with entries that hold a
 * `resource` and nothing else. Every Reference is settled first, depth-first in element order, each followed into its
 * resource at once: with a resource that has content it becomes `#k`, k counting over the whole Bundle, and the resource goes
 * into `contained` of the entry resource, nested ones too; otherwise the resource is removed, and the literal `reference` too
 * unless it is to be kept, while identifier and display stay. Resources without any content get no entry. If one of the resources is itself a Bundle,
 * that Bundle alone is the result (engine-behaviour 6.9), with the entries of further ones behind its own: each composition
 * of a list makes one. The instances are changed: assemble them once.
 */
export function assembleBundle(
  resources: readonly FhirInstance[],
  schema: FhirSchema,
  options: BundleOptions = {},
): JsonObject {
  const settling = new ReferenceSettling(schema, options.literalReferences ?? "removed");
  const [nested, ...further] = resources.filter((resource) => resource.type.name === "Bundle");
  if (nested !== undefined) {
    if (further.length > 0) {
      nested.setField(
        "entry",
        [nested, ...further].flatMap((bundle) => listOf(bundle, "entry")),
      );
    }
    for (const entry of listOf(nested, "entry")) {
      for (const resource of listOf(entry, "resource")) settling.settle(resource);
    }
    return writeFhirJson(nested, options) ?? { resourceType: "Bundle" };
  }
  const entries: JsonObject[] = [];
  for (const resource of resources) {
    settling.settle(resource);
    const json = writeFhirJson(resource, options);
    if (json !== undefined) entries.push({ resource: json });
  }
  const bundle: JsonObject = { resourceType: "Bundle", type: "collection" };
  if (entries.length > 0) bundle.entry = entries;
  return bundle;
}

function listOf(owner: FhirInstance, name: string): readonly FhirInstance[] {
  const field = owner.field(name);
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field];
}

class ReferenceSettling {
  readonly #schema: FhirSchema;
  readonly #literals: "removed" | "kept";
  /** Number of each resource that was placed; two References to one resource share it. */
  readonly #numbers = new Map<FhirInstance, number>();

  constructor(schema: FhirSchema, literals: "removed" | "kept") {
    this.#schema = schema;
    this.#literals = literals;
  }

  /** Settles every Reference in an entry resource and puts the resources referred to into its `contained`. */
  settle(entryResource: FhirInstance): void {
    const contained: FhirInstance[] = [];
    this.#settleBelow(entryResource, contained);
    if (contained.length === 0) return;
    entryResource.setField("contained", [...listOf(entryResource, "contained"), ...contained]);
  }

  #settleBelow(instance: FhirInstance, contained: FhirInstance[]): void {
    if (instance.type.name === "Reference") this.#settleReference(instance, contained);
    // What is held as it will be written has no References.
    if (instance.held !== undefined) return;
    for (let field = instance.firstField; field !== undefined; field = field.next) {
      const { content } = field;
      if (Array.isArray(content)) for (const child of content) this.#settleBelow(child, contained);
      else if (!isPlain(content)) this.#settleBelow(content, contained);
    }
  }

  #settleReference(reference: FhirInstance, contained: FhirInstance[]): void {
    const { target } = reference;
    reference.target = undefined;
    const leads = target !== undefined && hasContent(target);
    if (leads || this.#literals === "removed") reference.removeField("reference");
    if (!leads) return;
    let number = this.#numbers.get(target);
    const isNew = number === undefined;
    number ??= this.#numbers.size + 1;
    reference.setField("reference", this.#primitive("string", `#${number}`));
    if (!isNew) return;
    this.#numbers.set(target, number);
    contained.push(target);
    target.setField("id", this.#primitive("id", String(number)));
    this.#settleBelow(target, contained);
  }

  #primitive(typeName: string, value: string): FhirInstance {
    const type = this.#schema.type(typeName);
    if (type === undefined) throw new Problem(fhirUnknownType, `The element tables have no type "${typeName}".`);
    const instance = new FhirInstance(type);
    instance.primitive = value;
    return instance;
  }
}

/** A value, which may have extensions, but mostly has nothing below it. */
function isPlain(instance: FhirInstance): boolean {
  return instance.isEmpty && instance.target === undefined;
}

/** Whether anything but an id is in a resource or behind its References. Resources may refer to each other in a circle. */
function hasContent(resource: FhirInstance): boolean {
  if (resource.isEmpty) return false;
  const seen = new Set<FhirInstance>([resource]);
  const open: FhirInstance[] = [];
  for (let field = resource.firstField; field !== undefined; field = field.next) {
    if (field.element.name !== "id") addMembers(field.content, open);
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (primitiveValue(next) !== undefined || next.held !== undefined) return true;
    for (let field = next.firstField; field !== undefined; field = field.next) addMembers(field.content, open);
    if (next.target !== undefined) open.push(next.target);
  }
  return false;
}

function addMembers(content: FieldContent, members: FhirInstance[]): void {
  if (Array.isArray(content)) members.push(...content);
  else members.push(content);
}
