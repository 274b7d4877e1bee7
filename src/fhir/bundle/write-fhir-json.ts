import type { JsonObject, JsonPrimitive, JsonValue } from "../json.js";
import type { FhirInstance } from "../path/fhir-instance.js";
import { choiceMemberName } from "../path/node-children.js";
import type { FhirElement } from "../schema/fhir-schema.js";

/** Told which member of a written object (or of a list in it) the value of a primitive became. */
export type OnValue = (instance: FhirInstance, holder: object, member: string | number) => void;

/** Told the digits that a number in a written object is to have. */
export type OnDigits = (holder: object, member: string, digits: string) => void;

export interface FhirJsonOptions {
  readonly onValue?: OnValue;
  readonly onDigits?: OnDigits;
  /**
   * What becomes of a list member whose whole content was extensions that are dropped because they have a url and
   * nothing else: `empty-object` writes it as `{}`, as HAPI does (engine-behaviour 6.8, quirk Q4; the default, because
   * existing receivers compare with it), `left-out` writes nothing, which is valid FHIR.
   */
  readonly membersOfDroppedExtensions?: "empty-object" | "left-out";
}

/**
 * Writes a finished instance as FHIR JSON (https://hl7.org/fhir/R4/json.html, engine-behaviour 6.8): `resourceType`
 * first, elements in definition order, choice elements under the name with their type, id and extensions of primitives
 * under `_name`. Instances without content, and extensions with a url only that do not stand in another extension, are
 * left out; undefined when nothing remains. Targets of References are not followed: `assembleBundle` places them.
 */
export function writeFhirJson(instance: FhirInstance, options: FhirJsonOptions = {}): JsonObject | undefined {
  const { membersOfDroppedExtensions = "empty-object", onValue, onDigits } = options;
  const writer = new FhirJsonWriter(membersOfDroppedExtensions, onValue, onDigits);
  const written = writer.write(instance);
  return typeof written === "object" ? written : undefined;
}

/** What was written; without any, whether that is because of an extension that had a url and nothing else. */
type Written = JsonObject | "extension-dropped" | undefined;

class FhirJsonWriter {
  readonly #membersOfDroppedExtensions: "empty-object" | "left-out";
  readonly #onValue: OnValue | undefined;
  readonly #onDigits: OnDigits | undefined;

  constructor(
    membersOfDroppedExtensions: "empty-object" | "left-out",
    onValue: OnValue | undefined,
    onDigits: OnDigits | undefined,
  ) {
    this.#membersOfDroppedExtensions = membersOfDroppedExtensions;
    this.#onValue = onValue;
    this.#onDigits = onDigits;
  }

  /** @param inExtension an extension inside another one is kept when it has only a url, as HAPI keeps it */
  write(instance: FhirInstance, inExtension = false): Written {
    if (instance.isEmpty) return undefined;
    if (instance.held !== undefined) return instance.held;
    const { type } = instance;
    const isExtension = type.name === EXTENSION;
    const json: JsonObject = {};
    let empty = true;
    let droppedExtension = false;
    if (type.kind === "resource") json.resourceType = type.name;
    for (let field = instance.firstField; field !== undefined; field = field.next) {
      const { element, content } = field;
      const outcome = Array.isArray(content)
        ? this.#addList(json, element, content, isExtension)
        : this.#addSingle(json, element, content);
      if (outcome === "written") empty = false;
      else if (outcome === "extension-dropped") droppedExtension = true;
    }
    if (isExtension && !inExtension && !hasContent(json)) return empty ? undefined : "extension-dropped";
    if (!empty) return json;
    return droppedExtension ? "extension-dropped" : undefined;
  }

  #addSingle(json: JsonObject, element: FhirElement, instance: FhirInstance): Outcome {
    const name = element.choice ? choiceMember(element, instance.type.name) : element.name;
    if (instance.type.kind !== "primitive") {
      const written = this.write(instance);
      if (typeof written !== "object") return written;
      json[name] = written;
      return "written";
    }
    const value = primitiveValue(instance);
    if (value !== undefined) {
      json[name] = value;
      this.#onValue?.(instance, json, name);
      if (instance.digits !== undefined) this.#onDigits?.(json, name, instance.digits);
    }
    const beside = this.write(instance);
    if (typeof beside === "object") json[`_${name}`] = beside;
    else if (value === undefined) return beside;
    return "written";
  }

  #addList(json: JsonObject, element: FhirElement, members: readonly FhirInstance[], inExtension: boolean): Outcome {
    const type = members[0]?.type;
    if (type?.kind === "primitive") return this.#addPrimitiveList(json, element.name, members);
    const list: JsonValue[] = [];
    let droppedExtension = false;
    for (const member of members) {
      const written = this.write(member, inExtension);
      if (typeof written === "object") list.push(written);
      else if (written === "extension-dropped") {
        droppedExtension = true;
        if (member.type.name !== EXTENSION && this.#membersOfDroppedExtensions === "empty-object") list.push({});
      }
    }
    if (list.length === 0) return droppedExtension ? "extension-dropped" : undefined;
    json[element.name] = list;
    return "written";
  }

  /** Values and the objects beside them stand in two lists of equal length, filled up with null. */
  #addPrimitiveList(json: JsonObject, name: string, members: readonly FhirInstance[]): Outcome {
    const values: JsonPrimitive[] = [];
    const besides: (JsonObject | null)[] = [];
    let droppedExtension = false;
    for (const member of members) {
      const beside = this.write(member);
      droppedExtension ||= beside === "extension-dropped";
      const value = primitiveValue(member);
      if (value === undefined && typeof beside !== "object") continue;
      if (value !== undefined) this.#onValue?.(member, values, values.length);
      values.push(value ?? null);
      besides.push(typeof beside === "object" ? beside : null);
    }
    if (values.length === 0) return droppedExtension ? "extension-dropped" : undefined;
    if (values.some((value) => value !== null)) json[name] = values;
    if (besides.some((beside) => beside !== null)) json[`_${name}`] = besides;
    return "written";
  }
}

/** Names of the members that choice elements are written as, by element and type: making them anew costs more than all else. */
const choiceMembers = new WeakMap<FhirElement, Map<string, string>>();

function choiceMember(element: FhirElement, type: string): string {
  let names = choiceMembers.get(element);
  if (names === undefined) {
    names = new Map();
    choiceMembers.set(element, names);
  }
  let name = names.get(type);
  if (name === undefined) {
    name = choiceMemberName(element.name, type);
    names.set(type, name);
  }
  return name;
}

/** The value of a primitive; a blank text is no value (FHIR has no empty strings). */
export function primitiveValue(instance: FhirInstance): string | number | boolean | undefined {
  const { primitive } = instance;
  return typeof primitive === "string" && isBlank(primitive) ? undefined : primitive;
}

function isBlank(text: string): boolean {
  return text.charCodeAt(0) <= SPACE
    ? text.trim() === ""
    : text === "" || (text.charCodeAt(0) > LAST_ASCII && text.trim() === "");
}

const SPACE = 0x20;
const LAST_ASCII = 0x7f;

/** What became of an element: written, left out because of extensions that are dropped, or there was nothing to write. */
type Outcome = "written" | "extension-dropped" | undefined;

const EXTENSION = "Extension";

/** An extension needs a value or extensions of its own; a url (and an id) alone says nothing. */
function hasContent(extension: JsonObject): boolean {
  return Object.keys(extension).some((member) => member !== "url" && member !== "_url" && member !== "id");
}
