import type { Diagnostic } from "../../errors/diagnostic.js";
import type { Condition } from "../syntax/tree.js";
import { methodFinding, type VisitedMethod } from "./visit-methods.js";

/**
 * Tables of constants in which one input meets two entries: both are written, and on a single-valued target the last one
 * stays (fhirconnect-language 11.1, rule 4). Only entries with one `one of` gate are compared.
 */
export function checkManualTables(visited: VisitedMethod): readonly Diagnostic[] {
  const entries = visited.method.manual;
  const openehr = entries.filter((entry) => entry.openehr.length > 0).map((entry) => entry.fhirConditions);
  const fhir = entries.filter((entry) => entry.fhir.length > 0).map((entry) => entry.openehrConditions);
  return [...overlaps(visited, openehr), ...overlaps(visited, fhir)];
}

function overlaps(visited: VisitedMethod, gates: readonly (readonly Condition[])[]): readonly Diagnostic[] {
  const inputs = new Set<string>();
  return gates.flatMap((conditions) => {
    const [gate, ...further] = conditions;
    if (gate === undefined || further.length > 0 || gate.operator.value !== "one of") return [];
    const attributes = gate.targetAttributes.map((attribute) => attribute.value);
    const keys = new Set(gate.criteria.map((item) => JSON.stringify([gate.targetRoot.value, attributes, item.value])));
    const repeated = [...keys].some((key) => inputs.has(key));
    for (const key of keys) inputs.add(key);
    if (!repeated) return [];
    const message = "An earlier entry of `manual` has the same criterion; for that input the later one decides.";
    return methodFinding(visited, "warning", "CHECK_CONSTANT_AMBIGUOUS", message, gate.position);
  });
}
