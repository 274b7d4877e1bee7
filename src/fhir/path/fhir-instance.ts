import type { JsonObject } from "../json.js";
import type { FhirElement, FhirSchema, FhirType } from "../schema/fhir-schema.js";
import { fillFromJson } from "./instance-content.js";

/** What stands in an element of an instance: a list for list elements. */
export type FieldContent = FhirInstance | FhirInstance[];

/** An element of an instance that something was written to. */
export class FhirField {
  readonly element: FhirElement;
  content: FieldContent;
  /** The field behind it in definition order. */
  next: FhirField | undefined;

  constructor(element: FhirElement, content: FieldContent, next: FhirField | undefined) {
    this.element = element;
    this.content = content;
    this.next = next;
  }
}

/**
 * A FHIR element in the making. Mappings create instances and write into them; `writeFhirJson` turns the finished tree
 * into JSON, leaving out what stayed empty.
 */
export class FhirInstance {
  readonly type: FhirType;
  /** A chain, since fields come in any order and most instances have none or few. */
  #first: FhirField | undefined = undefined;
  #held: JsonObject | undefined = undefined;
  #schema: FhirSchema | undefined = undefined;
  /** The value of a primitive. */
  primitive: string | number | boolean | undefined = undefined;
  /** The digits of a number, where they are not those that the double would be written with. */
  digits: string | undefined = undefined;
  /** For a Reference: the resource it points at, until the bundle is assembled. */
  target: FhirInstance | undefined = undefined;
  /** The list it was created in, when its element is one; of the resource behind a Reference the list of the References. */
  siblings: readonly FhirInstance[] | undefined = undefined;

  constructor(type: FhirType) {
    this.type = type;
  }

  /** Whether nothing was written to any element. */
  get isEmpty(): boolean {
    return this.#held === undefined && this.#first === undefined;
  }

  /** Content that stands as JSON until somebody goes into it; it is written as it is. */
  get held(): JsonObject | undefined {
    return this.#held;
  }

  /** Gives an empty instance its whole content as the JSON that it is to be written as. */
  hold(json: JsonObject, schema: FhirSchema): void {
    this.#held = json;
    this.#schema = schema;
  }

  /** The first of its fields in definition order; `next` leads to the others. */
  get firstField(): FhirField | undefined {
    if (this.#held !== undefined) this.#release(this.#held);
    return this.#first;
  }

  /** Its fields in definition order. */
  get fields(): readonly FhirField[] {
    const fields: FhirField[] = [];
    for (let field = this.firstField; field !== undefined; field = field.next) fields.push(field);
    return fields;
  }

  #release(json: JsonObject): void {
    this.#held = undefined;
    if (this.#schema !== undefined) fillFromJson(this, json, this.#schema);
  }

  /** What stands in an element, by its FHIR name (`value` for `value[x]`). */
  field(name: string): FieldContent | undefined {
    for (let field = this.firstField; field !== undefined; field = field.next) {
      if (field.element.name === name) return field.content;
    }
    return undefined;
  }

  /** Writes an element of the type in place of what stood there; a name that the type does not have is passed over. */
  setField(name: string, content: FieldContent): void {
    const element = this.type.elements.get(name);
    if (element !== undefined) this.setElement(element, content);
  }

  /** As {@link setField}, for an element of the instance's type. */
  setElement(element: FhirElement, content: FieldContent): void {
    const { position } = element;
    let before: FhirField | undefined;
    let at = this.firstField;
    while (at !== undefined && at.element.position < position) {
      before = at;
      at = at.next;
    }
    if (at !== undefined && at.element.position === position) at.content = content;
    else if (before === undefined) this.#first = new FhirField(element, content, at);
    else before.next = new FhirField(element, content, at);
  }

  /** Appends a member to a list element of the type, and gives the list. */
  addMember(element: FhirElement, member: FhirInstance): FhirInstance[] {
    const { position } = element;
    let at = this.firstField;
    while (at !== undefined && at.element.position < position) at = at.next;
    if (at !== undefined && at.element.position === position && Array.isArray(at.content)) {
      at.content.push(member);
      return at.content;
    }
    const list = [member];
    this.setElement(element, list);
    return list;
  }

  removeField(name: string): void {
    let before: FhirField | undefined;
    for (let at = this.firstField; at !== undefined; at = at.next) {
      if (at.element.name !== name) {
        before = at;
        continue;
      }
      if (before === undefined) this.#first = at.next;
      else before.next = at.next;
      return;
    }
  }
}
