import { digitsAt, isJsonObject, type JsonObject, type JsonValue, notedDigits } from "../json.js";
import type { FhirElement, FhirSchema } from "../schema/fhir-schema.js";
import type { FhirNode } from "./fhir-node.js";

/** Adds the children of a node under one element name to a list. */
export type ChildReader = (node: FhirNode, children: FhirNode[]) => void;

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
  if (owner.kind !== "primitive") return (node, children) => read(node.value, node, children);
  // The id and the extensions of a primitive are in the member beside it.
  return (node, children) => read(node.primitiveExtension, node, children);
}

type MemberReader = (owner: JsonValue | undefined, node: FhirNode, children: FhirNode[]) => void;

function memberOf(member: string, element: FhirElement, schema: FhirSchema, type = element.types[0] ?? ""): Member {
  const primitive = schema.type(type)?.kind === "primitive";
  return { name: member, type, beside: primitive ? `_${member}` : undefined };
}

function readMember(member: Member, schema: FhirSchema): MemberReader {
  const { name, beside, type } = member;
  if (schema.type(type)?.kind === "resource") {
    return (owner, _, children) => {
      if (isJsonObject(owner)) addResources(owner[name], children);
    };
  }
  if (beside === undefined) {
    return (owner, node, children) => {
      if (isJsonObject(owner)) addComplex(owner[name], type, node.resource, children);
    };
  }
  return (owner, node, children) => {
    if (!isJsonObject(owner)) return;
    const value = owner[name];
    const extension = owner[beside];
    if (extension === undefined && typeof value === "string") children.push({ type, value, resource: node.resource });
    else if (typeof value === "number" && notedDigits(owner) !== undefined)
      addNumber(value, digitsAt(owner, name), extension, type, node.resource, children);
    else if (value !== undefined || extension !== undefined)
      addPrimitives(value, extension, type, node.resource, children);
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
  return (owner, node, children) => {
    if (isJsonObject(owner)) lastReader(owner, readers)?.(owner, node, children);
  };
}

function lastReader(owner: JsonObject, readers: ReadonlyMap<string, MemberReader>): MemberReader | undefined {
  let last: MemberReader | undefined;
  for (const name in owner) {
    const read = readers.get(name);
    if (read !== undefined && owner[name] !== undefined) last = read;
  }
  return last;
}

function addResources(value: JsonValue | undefined, children: FhirNode[]): void {
  for (const resource of Array.isArray(value) ? value : [value]) {
    if (isJsonObject(resource)) children.push(resourceNode(resource));
  }
}

function resourceNode(resource: JsonObject): FhirNode {
  const type = resource.resourceType;
  return { type: typeof type === "string" ? type : "Resource", value: resource, resource };
}

function addComplex(value: JsonValue | undefined, type: string, resource: JsonObject, children: FhirNode[]): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) {
    children.push({ type, value, resource });
    return;
  }
  for (const member of value) if (member !== null) children.push({ type, value: member, resource });
}

function addNumber(
  value: number,
  digits: string | undefined,
  beside: JsonValue | undefined,
  type: string,
  resource: JsonObject,
  children: FhirNode[],
): void {
  const primitiveExtension = isJsonObject(beside) ? { primitiveExtension: beside } : undefined;
  children.push({ type, value, ...(digits !== undefined && { digits }), ...primitiveExtension, resource });
}

function addPrimitives(
  value: JsonValue | undefined,
  beside: JsonValue | undefined,
  type: string,
  resource: JsonObject,
  children: FhirNode[],
): void {
  if (!Array.isArray(value) && !Array.isArray(beside)) {
    addPrimitive(value, beside, type, resource, children);
    return;
  }
  if (value === undefined && Array.isArray(beside)) {
    for (const extension of beside) {
      if (!isJsonObject(extension)) continue;
      children.push({ type, value: undefined, primitiveExtension: extension, inListWithoutValues: true, resource });
    }
    return;
  }
  const values = Array.isArray(value) ? value : [value];
  const extensions = Array.isArray(beside) ? beside : [beside];
  for (let at = 0; at < Math.max(values.length, extensions.length); at += 1) {
    addPrimitive(values[at], extensions[at], type, resource, children);
  }
}

function addPrimitive(
  value: JsonValue | undefined,
  beside: JsonValue | undefined,
  type: string,
  resource: JsonObject,
  children: FhirNode[],
): void {
  // Some senders put the extensions where the value belongs; HAPI's parser understands them, and so do we.
  const present = isJsonObject(value) ? undefined : (value ?? undefined);
  const extension = isJsonObject(value) ? value : beside;
  if (isJsonObject(extension)) children.push({ type, value: present, primitiveExtension: extension, resource });
  else if (present !== undefined) children.push({ type, value: present, resource });
}
