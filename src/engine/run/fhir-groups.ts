import { isJsonObject, type JsonObject, type JsonValue } from "../../fhir/json.js";
import type { FhirNode, ReferenceResolver } from "../../fhir/path/fhir-node.js";
import type { FhirUnique, NodeGroups } from "../plan.js";
import { canonicalText } from "./canonical-text.js";

/** What one group sees of the object, and the values that tell it from the others. */
export interface FhirGroup {
  readonly view: FhirNode;
  readonly unique: string;
}

/**
 * The groups of a model's object (fhirconnect-language 7, rules 2 and 4), in the order in which the first element of each
 * appears. Without any element to group there is one, of the whole object.
 */
export function fhirGroups(groups: NodeGroups, object: FhirNode, resolver: ReferenceResolver): readonly FhirGroup[] {
  const { iterated, unique, members } = groups;
  const whole = { view: object, unique: uniqueText(unique, object, object, resolver) };
  if (iterated === undefined) return [whole];
  const elements = iterated.evaluate(object, resolver);
  if (elements.length === 0 || !elements.every(({ value }) => isJsonObject(value))) return [whole];
  const grouped = new Map<string, FhirNode[]>();
  for (const [at, element] of elements.entries()) {
    const key = unique.length === 0 ? String(at) : uniqueText(unique, element, object, resolver);
    const group = grouped.get(key);
    if (group === undefined) grouped.set(key, [element]);
    else group.push(element);
  }
  if (grouped.size === 1) return [whole];
  return [...grouped].map(([key, group]) => {
    const own = new Set(group.map(({ value }) => value));
    const others = new Set(elements.map(({ value }) => value).filter((value) => !own.has(value)));
    const value = isJsonObject(object.value) ? objectWithout(object.value, members, others) : object.value;
    return { view: { ...object, value }, unique: key };
  });
}

function uniqueText(
  unique: readonly FhirUnique[],
  occurrence: FhirNode,
  object: FhirNode,
  resolver: ReferenceResolver,
): string {
  const values = unique.map(({ from, read }) => {
    const start = from === "object" ? object : occurrence;
    const found = read === undefined ? [start] : read.evaluate(start, resolver);
    return found.map(({ type, value, digits, primitiveExtension }) => ({
      type,
      value: digits ?? value,
      primitiveExtension,
    }));
  });
  return canonicalText(values);
}

/** A copy of an object in which some elements are missing that stand where names lead. */
function objectWithout(
  object: JsonObject,
  [name, ...rest]: readonly string[],
  dropped: ReadonlySet<JsonValue | undefined>,
): JsonObject {
  if (name === undefined) return object;
  const replaced = new Map<string, JsonValue | undefined>();
  for (const member of Object.keys(object)) {
    if (!isElement(member, name)) continue;
    const value = object[member];
    const kept = without(value, rest, dropped);
    if (kept !== value) replaced.set(member, kept);
  }
  return replaced.size === 0 ? object : withMembers(object, replaced);
}

/** What is left of a value; undefined when nothing is, for a holder of nothing but dropped elements as well. */
function without(
  value: JsonValue | undefined,
  names: readonly string[],
  dropped: ReadonlySet<JsonValue | undefined>,
): JsonValue | undefined {
  if (Array.isArray(value)) {
    const kept = value.map((item) => without(item, names, dropped)).filter((item) => item !== undefined);
    if (kept.length === value.length && kept.every((item, at) => item === value[at])) return value;
    return kept.length === 0 ? undefined : kept;
  }
  if (!isJsonObject(value)) return value;
  if (dropped.has(value)) return undefined;
  const [name] = names;
  const left = objectWithout(value, names, dropped);
  if (name === undefined || left === value) return value;
  return Object.keys(left).some((member) => isElement(member, name) && left[member] !== undefined) ? left : undefined;
}

/** A choice element stands under its name and a type: `value` as `valueQuantity`. */
function isElement(member: string, name: string): boolean {
  return member === name || (member.startsWith(name) && /^[A-Z]/.test(member.slice(name.length)));
}

/** The same object with other values of some members. What nobody asks for is not read, so that no account says it was. */
function withMembers(object: JsonObject, replaced: ReadonlyMap<string, JsonValue | undefined>): JsonObject {
  const view: JsonObject = {};
  for (const member of Reflect.ownKeys(object)) {
    const value = typeof member === "string" && replaced.has(member) ? { value: replaced.get(member) } : undefined;
    const get = (): unknown => Reflect.get(object, member);
    Object.defineProperty(view, member, { enumerable: true, ...(value ?? { get }) });
  }
  return view;
}
