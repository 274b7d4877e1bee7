import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { MappingMethod } from "../../fhirconnect/syntax/tree.js";
import type { FhirPathText } from "./fhir-path-text.js";
import { type Place, typedPath } from "./place.js";
import { typesAt } from "./type-pair-check.js";

/**
 * The path to the Reference that a method with `reference` follows: `subject.reference` is the same as `subject`
 * (fhirconnect-language 5.2). Elsewhere `reference` is the text, or an element of another type that has that name.
 */
export function toReference(
  place: Place,
  { reference }: MappingMethod,
  path: FhirPathText,
  schema: FhirSchema,
): FhirPathText {
  if (reference === undefined || path.steps.at(-1) !== "reference") return path;
  const holder = { ...path, steps: path.steps.slice(0, -1) };
  const { type, steps } = typedPath(place, holder);
  return typesAt(type, steps, schema).includes("Reference") ? holder : path;
}
