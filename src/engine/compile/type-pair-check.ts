import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { hasRule } from "../datatypes/type-pairs.js";
import type { Step } from "../plan.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";

/** More types than this at one element say only that anything may stand there. */
const openChoice = 15;

/**
 * Warns of a method whose two ends have no common data type in a direction in which it runs: it would convert nothing
 * there (fhirconnect-language 13.1 and 13.2). Ends whose types the files do not tell are left to the run.
 * @param steps the method's FHIR path from an object of type `from`
 */
export function checkTypePair(
  place: Place,
  step: Step,
  from: string | undefined,
  steps: readonly string[],
  schema: FhirSchema,
  findings: Findings,
): void {
  const { openEhr } = step;
  const converts = step.kind.kind === "convert" && step.children.length === 0 && step.slot.length === 0;
  if (!converts || step.literals !== undefined || openEhr === undefined || openEhr.joined !== undefined) return;
  if (openEhr.part !== undefined || openEhr.asText) return;
  const fhirTypes = typesAt(from, steps, schema);
  if (fhirTypes.length === 0 || fhirTypes.length > openChoice) return;
  const rmTypes = openEhr.rmTypes.filter((type) => type !== "ELEMENT");
  for (const direction of ["toFhir", "toOpenEhr"] as const) {
    if (step.direction === (direction === "toFhir" ? "fhir->openehr" : "openehr->fhir")) continue;
    const read = direction === "toFhir" && step.readAs !== undefined ? [step.readAs] : rmTypes;
    const answers = read.flatMap((rmType) => fhirTypes.map((fhirType) => hasRule(rmType, fhirType, direction)));
    if (answers.length === 0 || answers.some((answer) => answer !== false)) continue;
    const [source, target] = direction === "toFhir" ? [read, fhirTypes] : [fhirTypes, read];
    const message = `There is no rule to make ${target.join(" or ")} of ${source.join(" or ")}; the method converts nothing in this direction.`;
    findings.report("warning", "MAPPING_TYPES_WITHOUT_RULE", message, place, step.source.position, step.fhir.text);
  }
}

/** The types an element at a plain path may have; empty when the path does not tell. */
export function typesAt(from: string | undefined, steps: readonly string[], schema: FhirSchema): readonly string[] {
  let types: readonly string[] = from === undefined ? [] : [from];
  for (const step of steps) {
    const cast = /^(?:as|ofType)\((?:FHIR\.)?(\w+)\)$/.exec(step)?.[1];
    if (cast !== undefined) types = [cast];
    else if (/^(?:where|first)\(/.test(step)) continue;
    else {
      const name = step.replace(/\[\d+\]$/, "");
      types = types.flatMap((type) => schema.type(type)?.elements.get(name)?.types ?? []);
    }
  }
  return types;
}
