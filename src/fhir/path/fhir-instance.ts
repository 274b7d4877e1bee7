import type { FhirType } from "../schema/fhir-schema.js";

/**
 * A FHIR element in the making. Mappings create instances and write into them; `writeFhirJson` turns the finished tree
 * into JSON, leaving out what stayed empty.
 */
export class FhirInstance {
  readonly type: FhirType;
  /** Children by FHIR element name (`value` for `value[x]`); a list for list elements. */
  readonly fields = new Map<string, FhirInstance | FhirInstance[]>();
  /** The value of a primitive. */
  primitive: string | number | boolean | undefined;
  /** The digits of a number, where they are not those that the double would be written with. */
  digits: string | undefined;
  /** For a Reference: the resource it points at, until the bundle is assembled. */
  target: FhirInstance | undefined;

  constructor(type: FhirType) {
    this.type = type;
  }
}
