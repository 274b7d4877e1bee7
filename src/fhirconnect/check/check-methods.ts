import type { Diagnostic } from "../../errors/diagnostic.js";
import { quoted, suggestion } from "../syntax/nearest-name.js";
import type { MappingMethod, ModelMapping } from "../syntax/tree.js";
import { methodFinding, type VisitedMethod } from "./visit-methods.js";

/** Methods that do nothing, program codes nobody has, constants that other engines ignore, names given twice below. */
export function checkMethod(
  visited: VisitedMethod,
  mappingCodes: ReadonlySet<string> | undefined,
): readonly Diagnostic[] {
  const { method, model, rule } = visited;
  const diagnostics: Diagnostic[] = [
    ...checkSiblingNames(model, method.reference?.mappings ?? [], `${rule}.`),
    ...checkSiblingNames(model, method.followedBy, `${rule}.`),
  ];
  if (doesNothing(method)) {
    const message =
      "The method has neither paths nor constants nor children and does nothing. Give it `with`, or remove it.";
    diagnostics.push(methodFinding(visited, "warning", "CHECK_METHOD_EMPTY", message, method.position));
  }
  const code = method.mappingCode;
  if (code !== undefined && mappingCodes !== undefined && !mappingCodes.has(code.value)) {
    const message = `There is no program for the code ${quoted(code.value)}; the method yields nothing.${suggestion(code.value, mappingCodes)}`;
    diagnostics.push(methodFinding(visited, "warning", "CHECK_MAPPING_CODE_UNKNOWN", message, code.position));
  }
  const manual = method.manual[0];
  if (visited.insideReference && manual !== undefined) {
    const message =
      "openFHIR ignores `manual` inside `reference.mappings`; results of the two engines may differ here.";
    diagnostics.push(methodFinding(visited, "warning", "CHECK_MANUAL_IN_REFERENCE", message, manual.position));
  }
  return diagnostics;
}

/** Names are targets of `append` and `overwrite`, where only the first of two counts (fhirconnect-language 10.4). */
export function checkSiblingNames(
  model: ModelMapping,
  siblings: readonly MappingMethod[],
  prefix: string,
): readonly Diagnostic[] {
  const seen = new Set<string>();
  return siblings.flatMap((method) => {
    if (!seen.has(method.name)) {
      seen.add(method.name);
      return [];
    }
    const message = `Another method beside this one has the name ${quoted(method.name)}; extensions can only reach the first.`;
    return {
      severity: "note" as const,
      code: "CHECK_DUPLICATE_NAME",
      message,
      position: method.position,
      mapping: model.name.value,
      rule: `${prefix}${method.name}`,
    };
  });
}

function doesNothing(method: MappingMethod): boolean {
  return (
    method.with === undefined &&
    method.manual.length === 0 &&
    method.followedBy.length === 0 &&
    method.reference === undefined &&
    method.slotArchetype === undefined &&
    method.mappingCode === undefined &&
    method.link === undefined
  );
}
