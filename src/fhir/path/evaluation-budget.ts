import { Problem } from "../../errors/problem.js";
import { fhirPathTooExpensive } from "../problems.js";
import type { ReferenceResolver } from "./fhir-node.js";

/**
 * Counts members of lists that plain paths and conditions visit for the run that a resolver serves. One list is nothing; the
 * list of a whole resource for each of its members is. Throws FHIR_PATH_TOO_EXPENSIVE when the budget of the run is spent.
 */
export function spendVisits({ budget }: ReferenceResolver, visits: number): void {
  if (budget === undefined) return;
  budget.left -= visits;
  if (budget.left >= 0) return;
  throw new Problem(fhirPathTooExpensive, "The FHIR paths of this run visit too much of this input.");
}
