import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { hasRule } from "../datatypes/type-pairs.js";
import type { Step } from "../plan.js";
import { type Semantics, semanticsCalled } from "../semantics.js";
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
  semantics: Semantics,
  findings: Findings,
): void {
  const { openEhr } = step;
  const converts = step.kind.kind === "convert" && step.children.length === 0 && step.slot.length === 0;
  if (!converts || step.literals !== undefined || openEhr === undefined || openEhr.joined !== undefined) return;
  if (openEhr.part !== undefined || openEhr.asText) return;
  const fhirTypes = typesAt(from, steps, schema);
  if (fhirTypes.length === 0 || fhirTypes.length > openChoice) return;
  const rmTypes = openEhr.rmTypes.filter((type) => type !== "ELEMENT");
  const other = semanticsCalled(semantics.name === "v1" ? "openfhir" : "v1");
  const answers = (read: readonly string[], direction: "toFhir" | "toOpenEhr", by: Semantics) =>
    read.flatMap((rmType) => fhirTypes.map((fhirType) => hasRule(rmType, fhirType, direction, by)));
  const lacking = (["toFhir", "toOpenEhr"] as const).flatMap((direction) => {
    if (step.direction === (direction === "toFhir" ? "fhir->openehr" : "openehr->fhir")) return [];
    const read = direction === "toFhir" && step.readAs !== undefined ? [step.readAs] : rmTypes;
    const own = answers(read, direction, semantics);
    if (own.length === 0 || own.some((answer) => answer !== false)) return [];
    const [source, target] = direction === "toFhir" ? [read, fhirTypes] : [fhirTypes, read];
    const isElsewhere = answers(read, direction, other).some((answer) => answer === true);
    return `to make ${target.join(" or ")} of ${source.join(" or ")}${isElsewhere ? ` (only in files read as ${other.name})` : ""}`;
  });
  const [first, second] = lacking;
  if (first === undefined) return;
  const extent = second === undefined ? " in this direction" : "";
  const message = `There is no rule ${[first, second].filter((one) => one !== undefined).join(", nor ")}; the method converts nothing${extent}.`;
  findings.report("warning", "MAPPING_TYPES_WITHOUT_RULE", message, place, step.source.position, step.fhir.text);
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
