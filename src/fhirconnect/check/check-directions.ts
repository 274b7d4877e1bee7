import type { Diagnostic } from "../../errors/diagnostic.js";
import type { Direction, MappingMethod } from "../syntax/tree.js";
import { methodFinding, type VisitedMethod } from "./visit-methods.js";

/**
 * What the direction of a method contradicts: an enclosing method of the other direction, constants of the side that is
 * never written, conditions of the side that is never read (fhirconnect-language 6.1, 11.2).
 */
export function checkDirections(visited: VisitedMethod): readonly Diagnostic[] {
  const { method, inherited } = visited;
  const own = method.unidirectional;
  if (own !== undefined && inherited !== undefined && own.value !== inherited) {
    const message = `The method runs \`${own.value}\` only, but stands where everything runs \`${inherited}\` only; it never runs.`;
    return [methodFinding(visited, "warning", "CHECK_DIRECTION_CONTRADICTION", message, own.position)];
  }
  const direction = inherited ?? own?.value;
  return direction === undefined ? [] : unusedSides(visited, method, direction);
}

function unusedSides(visited: VisitedMethod, method: MappingMethod, direction: Direction): readonly Diagnostic[] {
  const written = direction === "openehr->fhir" ? "fhir" : "openehr";
  const unwritten = written === "fhir" ? "openehr" : "fhir";
  const diagnostics: Diagnostic[] = [];
  for (const entry of method.manual) {
    if (entry[unwritten].length === 0) continue;
    const message = `The \`${unwritten}\` constants are never written, because the method runs \`${direction}\` only.`;
    diagnostics.push(methodFinding(visited, "warning", "CHECK_CONSTANT_UNUSED", message, entry.position));
  }
  const unread = written === "fhir" ? method.fhirConditions : method.openehrConditions;
  for (const condition of unread) {
    // openFHIR looks at the type of a FHIR target in both directions (engine-behaviour 2.7).
    if (condition.operator.value === "type") continue;
    const message = `The condition is never evaluated, because the method runs \`${direction}\` only and conditions guard the input.`;
    diagnostics.push(methodFinding(visited, "note", "CHECK_CONDITION_UNUSED", message, condition.position));
  }
  return diagnostics;
}
