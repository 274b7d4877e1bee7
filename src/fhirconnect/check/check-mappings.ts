import type { Diagnostic } from "../../errors/diagnostic.js";
import type { SelectedModels } from "../merge/select-models.js";
import { checkDirections } from "./check-directions.js";
import { checkManualTables } from "./check-manual-tables.js";
import { checkMethod, checkSiblingNames, checkTranslation } from "./check-methods.js";
import { checkSlots } from "./check-slots.js";
import { checkMethodVariables, checkPreprocessorVariables } from "./check-variables.js";
import { visitMethods } from "./visit-methods.js";

export interface CheckOptions {
  /** Program codes that exist; without them `mappingCode` is not checked. */
  readonly mappingCodes?: ReadonlySet<string>;
  /** Names of all models that are stored, for the hint to list one in the context. */
  readonly storedModels?: ReadonlySet<string>;
}

/**
 * The static checks of a context's merged models that need neither template nor FHIR schema (fhirconnect-language 4, 8,
 * 10.2, 11, 18, 19.2). Errors make the context unusable; everything else describes what a run will leave out or do
 * otherwise than the author may expect.
 */
export function checkMappings(selected: SelectedModels, options: CheckOptions = {}): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [...checkSlots(selected, options.storedModels)];
  for (const model of selected.models) {
    diagnostics.push(
      ...checkTranslation(model).map((found) => ({
        severity: "warning" as const,
        ...found,
        mapping: model.name.value,
      })),
      ...checkPreprocessorVariables(model),
      ...checkSiblingNames(model, model.mappings, ""),
    );
    for (const visited of visitMethods(model)) {
      diagnostics.push(
        ...checkMethod(visited, options.mappingCodes),
        ...checkDirections(visited),
        ...checkManualTables(visited),
        ...checkMethodVariables(visited),
      );
    }
  }
  return diagnostics;
}
