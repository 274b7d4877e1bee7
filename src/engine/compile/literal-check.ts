import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import type { MappingMethod } from "../../fhirconnect/syntax/tree.js";
import { isStringType } from "../datatypes/fhir-primitives.js";
import type { Step } from "../plan.js";
import type { Findings } from "./findings.js";
import type { Place } from "./place.js";
import { typesAt } from "./type-pair-check.js";

const textClasses: ReadonlySet<string> = new Set(["DV_TEXT", "DV_CODED_TEXT", "DV_IDENTIFIER", "STRING"]);

/**
 * Refuses a literal that `&` joins to a path where no text stands (fhirconnect-language 20.5).
 * @param path the method's FHIR path from an object of type `from`; undefined when that is not known
 */
export function checkLiterals(
  place: Place,
  step: Step,
  from: string | undefined,
  path: readonly string[] | undefined,
  method: MappingMethod,
  schema: FhirSchema,
  findings: Findings,
): void {
  if (step.literals === undefined) return;
  const { fhir, openEhr } = step.literals;
  const report = (side: "fhir" | "openehr", types: readonly string[]): void => {
    const { position = method.position, value = "" } = method.with?.[side] ?? {};
    const message = `A literal can be joined with \`&\` to text only; here stands ${types.join(" or ")}.`;
    findings.report("error", "MAPPING_LITERAL_WITHOUT_TEXT", message, place, position, value);
  };
  if (fhir !== undefined && path !== undefined) {
    const types = typesAt(from, path, schema);
    if (types.length > 0 && !types.some(isStringType)) report("fhir", types);
  }
  if (openEhr !== undefined && step.openEhr !== undefined && step.openEhr.part === undefined) {
    const { rmTypes } = step.openEhr;
    if (!rmTypes.some((type) => textClasses.has(type))) report("openehr", rmTypes);
  }
}
