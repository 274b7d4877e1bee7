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
  if (type.kind !== "complex" || setApart.has(type.name) || notedDigits(value) !== undefined) return false;
  let last = -1;
  for (const member in value) {
    const element = type.elements.get(member);
    if (element === undefined || element.choice || element.position <= last) return false;
    last = element.position;
    const content = value[member];
    const elementType = schema.type(element.types[0] ?? "");
    if (elementType === undefined || element.list !== Array.isArray(content)) return false;
    if (!Array.isArray(content)) {
      if (!canStand(content, elementType, schema)) return false;
    } else if (content.length === 0 || !content.every((item) => canStand(item, elementType, schema))) return false;
  }
  return last >= 0;
}

const setApart: ReadonlySet<string> = new Set(["Reference", "Extension"]);

function canStand(content: JsonValue | undefined, type: FhirType, schema: FhirSchema): boolean {
  if (isJsonObject(content)) return canBeHeld(content, type, schema);
  if (type.kind !== "primitive" || content === undefined || content === null || Array.isArray(content)) return false;
  return typeof content !== "string" || (content.charCodeAt(0) > SPACE && content.charCodeAt(0) <= LAST_ASCII);
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
