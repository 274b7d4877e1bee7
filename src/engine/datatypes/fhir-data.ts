import type { JsonObject, JsonPrimitive } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { Semantics } from "../semantics.js";

/**
 * A FHIR value on its way from an openEHR value to an element: its FHIR type and its JSON. It is copied into the element
 * that the mapping creates, which may be of another type (see `populate`).
 */
export interface FhirData {
  /** FHIR type name: `Quantity`, `CodeableConcept`, `string`, `dateTime`, … */
  readonly type: string;
  readonly value: JsonObject | JsonPrimitive;
  /** The digits of a number, where the double would be written with others. */
  readonly digits?: string;
  /** The same value for elements of other types: a proportion as Ratio, a duration as Quantity, a name as Reference. */
  readonly alternatives?: readonly FhirForm[];
}

/** One form of a value. */
export interface FhirForm {
  readonly type: string;
  readonly value: JsonObject | JsonPrimitive;
}

/** What a conversion needs besides the value. */
export interface ConversionContext {
  readonly semantics: Semantics;
  /** IANA name of the zone in which times without offset are read and written. */
  readonly timeZone: string;
  /** The URI of the composition that the target of a reference is mapped to in the same call; undefined when it is not. */
  readonly linkedUri?: (reference: FhirNode) => string | undefined;
}
