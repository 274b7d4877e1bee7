import { digitsAt, isJsonObject, type JsonObject, type JsonValue, notedDigits } from "../json.js";
import type { FhirElement, FhirSchema } from "../schema/fhir-schema.js";
import type { FhirNode } from "./fhir-node.js";
import type { FoundNodes } from "./found-nodes.js";

/** Finds the children of a node under one element name. */
export type ChildReader = (node: FhirNode) => FoundNodes;

/** One JSON member an element may stand in: `valueQuantity` with its type, and `_valueString` beside a primitive. */
interface Member {
  readonly name: string;
  readonly type: string;
  /** The member with id and extensions, for primitives. */
  readonly beside: string | undefined;
}

/**
 * How to read the element `name` of nodes of type `type`; undefined when the type has no such element. Choice elements
 * are found under any of their types, and the node gets the one present; lists are flattened; a resource gets its own
 * type. FHIR JSON, https://hl7.org/fhir/R4/json.html.
 */
export function childReader(type: string, name: string, schema: FhirSchema): ChildReader | undefined {
  const owner = schema.type(type);
  const element = owner?.elements.get(name);
  if (owner === undefined || element === undefined) return undefined;
  const read = element.choice
    ? readChoice(element, schema)
    : readMember(memberOf(element.name, element, schema), schema);
  if (owner.kind !== "primitive") return (node) => read(node.value, node.resource);
  // The id and the extensions of a primitive are in the member beside it.
  return (node) => read(node.primitiveExtension, node.resource);
}

type MemberReader = (owner: JsonValue | undefined, resource: JsonObject) => FoundNodes;

function memberOf(member: string, element: FhirElement, schema: FhirSchema, type = element.types[0] ?? ""): Member {
  const primitive = schema.type(type)?.kind === "primitive";
  return { name: member, type, beside: primitive ? `_${member}` : undefined };
}

function readMember(member: Member, schema: FhirSchema): MemberReader {
  const { name, beside, type } = member;
  if (schema.type(type)?.kind === "resource") {
    return (owner) => (isJsonObject(owner) ? resourcesIn(owner[name]) : undefined);
  }
  if (beside === undefined) {
    return (owner, resource) => (isJsonObject(owner) ? complexIn(owner[name], type, resource) : undefined);
  }
  return (owner, resource) => {
    if (!isJsonObject(owner)) return undefined;
    const value = owner[name];
    const extension = owner[beside];
    if (extension === undefined && typeof value === "string") return { type, value, resource };
    if (value === undefined && extension === undefined) return undefined;
    if (typeof value === "number" && notedDigits(owner) !== undefined)
      return numberNode(value, digitsAt(owner, name), extension, type, resource);
    return primitivesIn(value, extension, type, resource);
  };
}

/** JSON member of a choice element with a type: `value` and `dateTime` give `valueDateTime`. */
export function choiceMemberName(element: string, type: string): string {
  return element + type.charAt(0).toUpperCase() + type.slice(1);
}

/** One value is allowed; where a sender gives several, the last one counts, as it does for HAPI's parser. */
function readChoice(element: FhirElement, schema: FhirSchema): MemberReader {
  const members = element.types.map((type) => memberOf(choiceMemberName(element.name, type), element, schema, type));
  const readers = new Map<string, MemberReader>();
  for (const member of members) {
    const read = readMember(member, schema);
    readers.set(member.name, read);
    if (member.beside !== undefined) readers.set(member.beside, read);
  }
  const first = element.name.charCodeAt(0);
  return (owner, resource) => (isJsonObject(owner) ? lastReader(owner, first, readers)?.(owner, resource) : undefined);
}

/** What names of members beside primitives begin with. */
const underscore = "_".charCodeAt(0);

/** @param first the letter that the names of the members begin with: most members of an owner have another one */
function lastReader(
  owner: JsonObject,
  first: number,
  readers: ReadonlyMap<string, MemberReader>,
): MemberReader | undefined {
  let last: MemberReader | undefined;
  for (const name in owner) {
    const letter = name.charCodeAt(0);
    if (letter !== first && letter !== underscore) continue;
    const read = readers.get(name);
    if (read !== undefined && owner[name] !== undefined) last = read;
  }
  return last;
}

function resourcesIn(value: JsonValue | undefined): FoundNodes {
  if (!Array.isArray(value)) return isJsonObject(value) ? resourceNode(value) : undefined;
  return value.filter(isJsonObject).map(resourceNode);
}

function resourceNode(resource: JsonObject): FhirNode {
  const type = resource.resourceType;
  return { type: typeof type === "string" ? type : "Resource", value: resource, resource };
}

function complexIn(value: JsonValue | undefined, type: string, resource: JsonObject): FoundNodes {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return { type, value, resource };
  if (value.length === 1) return value[0] === null ? undefined : { type, value: value[0], resource };
  const children: FhirNode[] = [];
  for (const member of value) if (member !== null) children.push({ type, value: member, resource });
  return children;
}

function numberNode(
  value: number,
  digits: string | undefined,
  beside: JsonValue | undefined,
  type: string,
  resource: JsonObject,
): FhirNode {
  const primitiveExtension = isJsonObject(beside) ? { primitiveExtension: beside } : undefined;
  return { type, value, ...(digits !== undefined && { digits }), ...primitiveExtension, resource };
}

function primitivesIn(
  value: JsonValue | undefined,
  beside: JsonValue | undefined,
  type: string,
  resource: JsonObject,
): FoundNodes {
  if (!Array.isArray(value) && !Array.isArray(beside)) return primitiveNode(value, beside, type, resource);
  const children: FhirNode[] = [];
  if (value === undefined && Array.isArray(beside)) {
    for (const extension of beside) {
      if (!isJsonObject(extension)) continue;
      children.push({ type, value: undefined, primitiveExtension: extension, inListWithoutValues: true, resource });
    }
    return children;
  }
  const values = Array.isArray(value) ? value : [value];
  const extensions = Array.isArray(beside) ? beside : [beside];
  for (let at = 0; at < Math.max(values.length, extensions.length); at += 1) {
    const child = primitiveNode(values[at], extensions[at], type, resource);
    if (child !== undefined) children.push(child);
  }
  return children;
}

function primitiveNode(
  value: JsonValue | undefined,
  beside: JsonValue | undefined,
  type: string,
  resource: JsonObject,
): FhirNode | undefined {
  // Some senders put the extensions where the value belongs; HAPI's parser understands them, and so do we.
  const present = isJsonObject(value) ? undefined : (value ?? undefined);
  const extension = isJsonObject(value) ? value : beside;
  if (isJsonObject(extension)) return { type, value: present, primitiveExtension: extension, resource };
  return present === undefined ? undefined : { type, value: present, resource };
}
