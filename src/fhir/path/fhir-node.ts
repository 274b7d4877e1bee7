import type { JsonObject, JsonValue } from "../json.js";

/**
 * An element of a FHIR resource as a path sees it: the JSON value together with its FHIR type. Made on the fly while a
 * path walks; the JSON itself is never changed.
 */
export interface FhirNode {
  /** FHIR type name: `Observation`, `Quantity`, `dateTime`, or `Observation.component` for a backbone element. */
  readonly type: string;
  /** Absent for a primitive that has only extensions. */
  readonly value: JsonValue | undefined;
  /** The digits of a number, where they are not those that the double would be written with. */
  readonly digits?: string;
  /** The `_name` member beside a primitive: its id and extensions. */
  readonly primitiveExtension?: JsonObject;
  /** True for a member of a list of primitives that has only extensions, not one value among them. */
  readonly inListWithoutValues?: true;
  /** The resource the element belongs to (itself for a resource); `#id` references are looked up in its `contained`. */
  readonly resource: JsonObject;
}

/** Finds the target of a Reference; undefined when it is not part of the input. Never fetches anything. */
export interface ReferenceResolver {
  resolve(reference: FhirNode): FhirNode | undefined;
  /** What all evaluations on the input may cost together; left out, only those of the FHIRPath engine are bounded, each alone. */
  readonly budget?: EvaluationBudget;
}

/** Steps that the FHIRPath engine may still take and members of lists that paths may still visit; counted down by those that evaluate. */
export interface EvaluationBudget {
  left: number;
}
