import { digitsAt, isJsonObject, type JsonObject, type JsonValue, notedDigits } from "../json.js";
import type { FhirElement, FhirSchema, FhirType } from "../schema/fhir-schema.js";
import { FhirInstance } from "./fhir-instance.js";

/**
 * Puts the content of a FHIR object into an instance; members that the type does not have are left out. Content that can be
 * written as it stands is held until somebody goes into it.
 * @returns whether anything was put
 */
export function putContent(target: FhirInstance, value: JsonObject, schema: FhirSchema): boolean {
  if (target.isEmpty && canBeHeld(value, target.type, schema)) {
    target.hold(value, schema);
    return true;
  }
  return fillFromJson(target, value, schema);
}

/** As {@link putContent}, with an instance for every element. */
export function fillFromJson(target: FhirInstance, value: JsonObject, schema: FhirSchema): boolean {
  let filled = false;
  for (const member in value) {
    const content = value[member];
    if (content === undefined || content === null) continue;
    const place = placeOf(target.type, member);
    if (place === undefined) continue;
    const { element } = place;
    const type = schema.type(place.type);
    if (type === undefined) continue;
    if (!Array.isArray(content)) {
      const instance = instanceOf(type, content, schema);
      if (typeof content === "number") instance.digits = digitsAt(value, member);
      target.setElement(element, element.list ? [instance] : instance);
    } else {
      const instances = content.map((item) => instanceOf(type, item, schema));
      const first = instances[0];
      if (first === undefined) continue;
      target.setElement(element, element.list ? instances : first);
    }
    filled = true;
  }
  return filled;
}

function instanceOf(type: FhirType, value: JsonValue, schema: FhirSchema): FhirInstance {
  const instance = new FhirInstance(type);
  if (isJsonObject(value)) fillFromJson(instance, value, schema);
  else if (!Array.isArray(value) && value !== null) instance.primitive = value;
  return instance;
}

/**
 * Whether the writer would write an object as it is: nothing but known elements in definition order, no blank text, nothing
 * empty, no digits to be looked after, no References and Extensions, which are settled first.
 */
function canBeHeld(value: JsonObject, type: FhirType, schema: FhirSchema): boolean {
  const members = writtenMembers(type);
  if (members === undefined || notedDigits(value) !== undefined) return false;
  let at = 0;
  let isFilled = false;
  for (const name in value) {
    const content = value[name];
    while (at < members.length && members[at]?.name !== name) at++;
    const member = members[at++];
    if (member === undefined) return false;
    if (member.list !== Array.isArray(content)) return false;
    if (!Array.isArray(content)) {
      if (!canStand(content, member, schema)) return false;
    } else if (content.length === 0 || !content.every((item) => canStand(item, member, schema))) return false;
    isFilled = true;
  }
  return isFilled;
}

/** An element as a member of JSON that may be held. */
interface WrittenMember {
  readonly name: string;
  readonly list: boolean;
  readonly typeName: string;
  /** Its type, once it was asked for. */
  type: FhirType | undefined;
}

const membersByType = new WeakMap<FhirType, readonly WrittenMember[]>();
const setApart: ReadonlySet<string> = new Set(["Reference", "Extension"]);

/** The members that objects of a type may have when they are held, in definition order; undefined for types that never are. */
function writtenMembers(type: FhirType): readonly WrittenMember[] | undefined {
  let members = membersByType.get(type);
  if (members === undefined) {
    if (type.kind !== "complex" || setApart.has(type.name)) return undefined;
    const single = [...type.elements.values()].filter(({ choice }) => !choice);
    members = single
      .sort((one, other) => one.position - other.position)
      .map(({ name, list, types }) => ({ name, list, typeName: types[0] ?? "", type: undefined }));
    membersByType.set(type, members);
  }
  return members;
}

function canStand(content: JsonValue | undefined, member: WrittenMember, schema: FhirSchema): boolean {
  member.type ??= schema.type(member.typeName);
  const { type } = member;
  if (type === undefined) return false;
  if (typeof content === "string")
    return type.kind === "primitive" && content.charCodeAt(0) > SPACE && content.charCodeAt(0) <= LAST_ASCII;
  if (isJsonObject(content)) return canBeHeld(content, type, schema);
  return type.kind === "primitive" && content !== undefined && content !== null && !Array.isArray(content);
}

const SPACE = 0x20;
const LAST_ASCII = 0x7f;

/** The element a JSON member belongs to, and its type: `valueQuantity` is `value` as Quantity. */
function placeOf(type: FhirType, member: string): { readonly element: FhirElement; readonly type: string } | undefined {
  const element = type.elements.get(member);
  const only = element?.types[0];
  if (element !== undefined && !element.choice && only !== undefined) return { element, type: only };
  for (const choice of type.elements.values()) {
    if (!choice.choice || !member.startsWith(choice.name)) continue;
    const chosen = choice.types.find((name) => choice.name + capitalised(name) === member);
    if (chosen !== undefined) return { element: choice, type: chosen };
  }
  return undefined;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
