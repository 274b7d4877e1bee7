import type { JsonObject } from "../json.js";
import type { FhirElement, FhirSchema, FhirType } from "../schema/fhir-schema.js";
import { fillFromJson } from "./instance-content.js";

/** What stands in an element of an instance: a list for list elements. */
export type FieldContent = FhirInstance | FhirInstance[];

/** An element of an instance that something was written to. */
export interface FhirField {
  readonly element: FhirElement;
  content: FieldContent;
}

const noFields: readonly FhirField[] = [];

/**
 * A FHIR element in the making. Mappings create instances and write into them; `writeFhirJson` turns the finished tree
 * into JSON, leaving out what stayed empty.
 */
export class FhirInstance {
  readonly type: FhirType;
  /** Made with the first child: most instances are primitives and have none. */
  #fields: FhirField[] | undefined = undefined;
  #held: { readonly json: JsonObject; readonly schema: FhirSchema } | undefined = undefined;
  /** The value of a primitive. */
  primitive: string | number | boolean | undefined = undefined;
  /** The digits of a number, where they are not those that the double would be written with. */
  digits: string | undefined = undefined;
  /** For a Reference: the resource it points at, until the bundle is assembled. */
  target: FhirInstance | undefined = undefined;

  constructor(type: FhirType) {
    this.type = type;
  }

  /** Whether nothing was written to any element. */
  get isEmpty(): boolean {
    return this.#held === undefined && (this.#fields === undefined || this.#fields.length === 0);
  }

  /** Content that stands as JSON until somebody goes into it; it is written as it is. */
  get held(): JsonObject | undefined {
    return this.#held?.json;
  }

  /** Gives an empty instance its whole content as the JSON that it is to be written as. */
  hold(json: JsonObject, schema: FhirSchema): void {
    this.#held = { json, schema };
  }

  /** Children in definition order. */
  get fields(): readonly FhirField[] {
    if (this.#held !== undefined) this.#release(this.#held);
    return this.#fields ?? noFields;
  }

  #release({ json, schema }: { readonly json: JsonObject; readonly schema: FhirSchema }): void {
    this.#held = undefined;
    fillFromJson(this, json, schema);
  }

  /** What stands in an element, by its FHIR name (`value` for `value[x]`). */
  field(name: string): FieldContent | undefined {
    const { fields } = this;
    for (let at = 0; at < fields.length; at++) {
      const field = fields[at] as FhirField;
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
    if (this.#held !== undefined) this.#release(this.#held);
    this.#fields ??= [];
    const fields = this.#fields;
    let at = fields.length;
    while (at > 0 && (fields[at - 1] as FhirField).element.position > element.position) at--;
    const before = fields[at - 1];
    if (before !== undefined && before.element.position === element.position) before.content = content;
    else if (at === fields.length) fields.push({ element, content });
    else fields.splice(at, 0, { element, content });
  }

  removeField(name: string): void {
    const at = this.fields.findIndex(({ element }) => element.name === name);
    if (at >= 0) this.#fields?.splice(at, 1);
  }
}
