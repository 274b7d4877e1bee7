import type { SourcePosition } from "../../errors/source-position.js";
import { checkPath, type FhirPathFinding } from "../../fhir/path/check-fhir-path.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";

/**
 * Warns of what can never be in a method's FHIR path in this version of FHIR: an element that no type at its place has, a cast
 * to a type that does not exist or cannot stand there, `resolve()` where nothing refers (fhirconnect-language 2.2, 4 and 5.2).
 * What follows a function that may give anything is not judged.
 * @param steps the path from an object of type `from`
 * @returns false when it has warned
 */
export function checkElements(
  place: Place,
  from: string | undefined,
  steps: readonly string[],
  position: SourcePosition,
  schema: FhirSchema,
  findings: Findings,
): boolean {
  if (from === undefined) return true;
  const found = checkPath(steps.join("."), schema, from);
  for (const finding of found) {
    const [code, message] = said(finding, schema);
    findings.report("warning", code, message[0]?.toUpperCase() + message.slice(1), place, position, steps.join("."));
  }
  return found.length === 0;
}

function said({ kind, name, types, nearest, message }: FhirPathFinding, schema: FhirSchema): readonly [string, string] {
  switch (kind) {
    case "unknown-element": {
      const meant = nearest === undefined ? "" : ` Did you mean '${nearest}'?`;
      const looked = types.slice(0, 3).join(", ");
      const sentence = `FHIR ${schema.version} has no element '${name}' in ${looked}; nothing is read or written there.`;
      return ["FHIR_ELEMENT_UNKNOWN", `${sentence}${meant}`];
    }
    case "unresolved-reference":
      return ["FHIR_REFERENCE_NOT_FOLLOWED", `${message} Nothing is read there.`];
    case "unknown-type":
    case "impossible-type":
      return ["FHIR_TYPE_IMPOSSIBLE", `${message} Nothing is read there.`];
    case "not-a-reference":
    case "wrong-start-type":
      return ["FHIR_PATH_IMPOSSIBLE", `${message} Nothing is read there.`];
    default:
      return kind satisfies never;
  }
}
