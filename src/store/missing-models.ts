import type { Diagnostic } from "../errors/diagnostic.js";
import { selectModels } from "../fhirconnect/merge/select-models.js";
import { mappingProblem } from "../fhirconnect/syntax/problems.js";
import { readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import type { MissingModelsPolicy } from "./missing-models-policy.js";
import type { StoredMapping } from "./stored.js";

const absences = new Set(["CONTEXT_MODEL_MISSING", "CONTEXT_EXTENSION_MISSING"]);

/** The text of a context that is to be stored, and at least the files that are stored under the names it lists. */
export interface MissingModelsCheck {
  readonly context: string;
  /** What the context is called in findings. */
  readonly file?: string;
  readonly stored: readonly NamedText[];
  readonly policy: MissingModelsPolicy;
}

type NamedText = Pick<StoredMapping, "name" | "content">;

/** {@link findMissingModels} of the text of a context that was read before without an error. */
export function missingModelsOf({ context: text, file, stored, policy }: MissingModelsCheck): readonly Diagnostic[] {
  const { mapping } = readMapping(text, file === undefined ? {} : { file });
  return mapping?.type === "context" ? findMissingModels(mapping, stored, policy) : [];
}

/**
 * Compares a context that is to be stored with the models and extensions that are, and gives a finding for each name that
 * has no file yet (rest-api 10: files may be uploaded in any order).
 *
 * Throws one Problem that names what is missing and where it is named when no later upload can mend it (`start` is none of
 * the models that the context lists); with the policy `refuse` also when the context could not run with what is stored now:
 * its start, all of its models or all of its extensions are missing (fhirconnect-language 16, unresolvable names). Some
 * missing names are always taken, because published libraries name files that do not exist.
 */
function findMissingModels(
  context: ContextMapping,
  stored: readonly NamedText[],
  policy: MissingModelsPolicy,
): readonly Diagnostic[] {
  const named = new Set([...context.archetypes, ...context.extensions].map((name) => name.value));
  const selectable = stored
    .filter(({ name }) => named.has(name))
    .flatMap(({ content, name }) => {
      const { mapping } = readMapping(content, { file: name });
      return mapping === undefined || mapping.type === "context" ? [] : [mapping];
    });
  const { diagnostics } = selectModels(context, selectable);
  const missing = diagnostics.filter(({ code }) => absences.has(code));
  // What is wrong between a model and its extensions is about those files, and compiling will say it.
  const errors = diagnostics.filter(({ severity, code }) => severity === "error" && code.startsWith("CONTEXT_"));
  const mendable = missing.some(({ code }) => code === "CONTEXT_MODEL_MISSING");
  const refused = errors.filter(
    ({ code }) => policy === "refuse" || !(mendable || code === "CONTEXT_WITHOUT_EXTENSIONS"),
  );
  if (refused.length > 0) throw mappingProblem(refused);
  return missing;
}
