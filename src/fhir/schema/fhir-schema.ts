export const fhirVersions = ["STU3", "R4", "R4B", "R5"] as const;
export type FhirVersion = (typeof fhirVersions)[number];

/**
 * What the engine must know of a FHIR version: for each type its elements, in definition order, with type, list or
 * single, and choice. Generated from published definitions (`npm run generate:fhir-schema`).
 */
export interface FhirSchema {
  readonly version: FhirVersion;
  /** A type by its FHIR name: `Observation`, `Quantity`, `code`, or `Observation.component` for a backbone element. */
  type(name: string): FhirType | undefined;
  /** Names of all types, backbone elements included. */
  readonly typeNames: readonly string[];
}

export interface FhirType {
  readonly name: string;
  readonly kind: "primitive" | "complex" | "backbone" | "resource";
  /** Name of the parent type: `Age` has `Quantity`, `id` has `string`. */
  readonly base?: string;
  /** Own and inherited elements by FHIR name (`value` for `value[x]`), in definition order. */
  readonly elements: ReadonlyMap<string, FhirElement>;
}

export interface FhirElement {
  readonly name: string;
  /** Place in the definition order of its type; specialised types add theirs behind those they inherit. */
  readonly position: number;
  readonly list: boolean;
  /** True for `value[x]`: the JSON member is the name followed by the capitalised type. */
  readonly choice: boolean;
  /** Allowed types in declared order; exactly one unless `choice`. Backbone elements name themselves (`Observation.component`). */
  readonly types: readonly string[];
  /** Resource types a Reference here may point at; absent where any may, and where the definitions do not say. */
  readonly targets?: readonly string[];
}
