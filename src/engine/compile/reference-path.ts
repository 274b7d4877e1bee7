import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { quoted, suggestion } from "../../fhirconnect/syntax/nearest-name.js";
import type { MappingMethod } from "../../fhirconnect/syntax/tree.js";
import { checkElements } from "./element-check.js";
import type { FhirPathText } from "./fhir-path-text.js";
import type { Findings } from "./findings.js";
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

/**
 * Warns of a `resourceType` that FHIR does not have or that the reference cannot lead to: nothing is read and nothing made.
 * @param steps the path to the Reference from an object of type `from`
 */
export function checkTarget(
  place: Place,
  { reference }: MappingMethod,
  from: string | undefined,
  steps: readonly string[],
  schema: FhirSchema,
  findings: Findings,
): void {
  if (reference === undefined) return;
  const { value, position } = reference.resourceType;
  const type = schema.type(value);
  if (type?.kind === "resource") {
    if (typesAt(from, steps, schema).includes("Reference"))
      checkElements(place, from, [...steps, `ofType(${value})`], position, schema, findings);
    return;
  }
  const resources = schema.typeNames.filter((name) => schema.type(name)?.kind === "resource");
  const message = `FHIR ${schema.version} has no resource ${quoted(value)}; nothing is made of the reference.${suggestion(value, resources)}`;
  findings.report("warning", "FHIR_TYPE_IMPOSSIBLE", message, place, position);
}
