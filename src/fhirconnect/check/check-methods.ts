import type { Diagnostic } from "../../errors/diagnostic.js";
import type { SourcePosition } from "../../errors/source-position.js";
import { quoted, suggestion } from "../syntax/nearest-name.js";
import type { MappingMethod, ModelMapping } from "../syntax/tree.js";
import { methodFinding, type VisitedMethod } from "./visit-methods.js";

/**
 * Methods that do nothing, keys without effect, program codes nobody has, constants that other engines ignore, names given
 * twice below.
 */
export function checkMethod(
  visited: VisitedMethod,
  mappingCodes: ReadonlySet<string> | undefined,
): readonly Diagnostic[] {
  const { method, model, rule } = visited;
  const diagnostics: Diagnostic[] = [
    ...checkSiblingNames(model, method.reference?.mappings ?? [], `${rule}.`),
    ...checkSiblingNames(model, method.followedBy, `${rule}.`),
    ...checkTranslation(method).map(({ code, message, position }) =>
      methodFinding(visited, "warning", code, message, position),
    ),
  ];
  const lack = lackOf(method);
  if (lack !== undefined) {
    const message = `The method has ${lack}, and does nothing. Give it what is missing, or remove it.`;
    diagnostics.push(methodFinding(visited, "warning", "CHECK_METHOD_EMPTY", message, method.position));
  }
  if (method.reference?.mappings.length === 0) {
    const message = "`reference` has no `mappings`: nothing is read of the resource, and none is made.";
    diagnostics.push(methodFinding(visited, "warning", "CHECK_REFERENCE_EMPTY", message, method.reference.position));
  }
  for (const entry of method.manual) {
    if (entry.fhir.length > 0 || entry.openehr.length > 0) continue;
    const message = `The entry ${quoted(entry.name)} of \`manual\` has no constants for either side and writes nothing.`;
    diagnostics.push(methodFinding(visited, "warning", "CHECK_CONSTANTS_MISSING", message, entry.position));
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

/** Codes are not translated: there is no terminology service behind the server (fhirconnect-language 12.1). */
export function checkTranslation(
  owner: Pick<MappingMethod, "conceptmap" | "terminology">,
): readonly (Pick<Diagnostic, "code" | "message"> & { readonly position: SourcePosition })[] {
  const position = owner.terminology?.position ?? owner.conceptmap?.position;
  if (position === undefined) return [];
  const key = owner.terminology === undefined ? "conceptmap" : "terminology";
  const message = `\`${key}\` has no effect: codes are carried as they are. Write a table of constants (\`manual\`) to translate them.`;
  return [{ code: "CHECK_TRANSLATION_WITHOUT_EFFECT", message, position }];
}

/** What a method lacks to have any effect, in words; undefined when it has one. */
function lackOf(method: MappingMethod): string | undefined {
  const leadsOn = [method.reference, method.slotArchetype, method.mappingCode, method.link];
  if (method.manual.length > 0 || method.followedBy.length > 0 || leadsOn.some((key) => key !== undefined)) {
    return undefined;
  }
  const { type, value, openehr } = method.with ?? {};
  if (method.with === undefined) return "neither paths nor constants nor children";
  if (type?.value.trim() === "NONE") return "`type: NONE` and neither constants nor children";
  if (value !== undefined || method.participationsFunction !== undefined) return undefined;
  // A side that is left out is the enclosing method's, on the openEHR side as `$reference` (fhirconnect-language 22.3).
  return openehr === undefined || openehr.value.trim() === "$reference"
    ? "no openEHR path of its own and neither constants nor children"
    : undefined;
}
