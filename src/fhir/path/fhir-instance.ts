import type { FhirType } from "../schema/fhir-schema.js";

type Fields = ReadonlyMap<string, FhirInstance | FhirInstance[]>;

const noFields: Fields = new Map();

/**
 * A FHIR element in the making. Mappings create instances and write into them; `writeFhirJson` turns the finished tree
 * into JSON, leaving out what stayed empty.
 */
export class FhirInstance {
  readonly type: FhirType;
  /** Made with the first child: most instances are primitives and have none. */
  #fields: Map<string, FhirInstance | FhirInstance[]> | undefined = undefined;
  /** The value of a primitive. */
  primitive: string | number | boolean | undefined = undefined;
  /** The digits of a number, where they are not those that the double would be written with. */
  digits: string | undefined = undefined;
  /** For a Reference: the resource it points at, until the bundle is assembled. */
  target: FhirInstance | undefined = undefined;

  constructor(type: FhirType) {
    this.type = type;
  }

  /** Children by FHIR element name (`value` for `value[x]`), in the order they came; a list for list elements. */
  get fields(): Fields {
    return this.#fields ?? noFields;
  }

  setField(name: string, field: FhirInstance | FhirInstance[]): void {
    this.#fields ??= new Map();
    this.#fields.set(name, field);
  }

  removeField(name: string): void {
    this.#fields?.delete(name);
  }
}
