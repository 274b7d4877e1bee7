import { selectModels } from "../fhirconnect/merge/select-models.js";
import { mappingProblem } from "../fhirconnect/syntax/problems.js";
import { readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import type { StoredMapping } from "./stored.js";

/**
 * Refuses a context that could never map because what it names is not stored: its start, all of its models or all of its
 * extensions (fhirconnect-language 16, unresolvable names). A context that misses only some of them is taken, because
 * published libraries name files that do not exist. Throws one Problem that names what is missing and where it is named.
 */
export function refuseMissingModels(context: ContextMapping, stored: readonly StoredMapping[]): void {
  const named = new Set([...context.archetypes, ...context.extensions].map((name) => name.value));
  const selectable = stored
    .filter(({ name }) => named.has(name))
    .flatMap(({ content, name }) => {
      const { mapping } = readMapping(content, { file: name });
      return mapping === undefined || mapping.type === "context" ? [] : [mapping];
    });
  const { diagnostics } = selectModels(context, selectable);
  // What is wrong between a model and its extensions is about those files, and compiling will say it.
  const errors = diagnostics.filter(({ severity, code }) => severity === "error" && code.startsWith("CONTEXT_"));
  if (errors.length > 0) throw mappingProblem(errors);
}
