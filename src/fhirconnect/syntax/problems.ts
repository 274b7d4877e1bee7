import type { Diagnostic } from "../../errors/diagnostic.js";
import { Problem, type ProblemPlace, problemKind } from "../../errors/problem.js";

/** A mapping file, or the files a context brings together, cannot be used. */
export const mappingInvalid = problemKind(
  "MAPPING_INVALID",
  "invalid",
  "Correct the places named and send the mapping file again.",
);

/**
 * Turns the error diagnostics of a reading, a selection or a check into one Problem of kind `MAPPING_INVALID`: the first
 * error gives message and place, `others` holds every error, each under its own code, so that all can be mended at once.
 */
export function mappingProblem(diagnostics: readonly Diagnostic[]): Problem {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  const first = errors[0];
  if (first === undefined) return new Problem(mappingInvalid, "The mapping file cannot be used.");
  const count = errors.length === 1 ? "" : `${errors.length} errors, the first: `;
  const others = errors.map((error) => {
    const kind = problemKind(error.code, "invalid", mappingInvalid.advice);
    return new Problem(kind, error.message, placeOf(error));
  });
  return new Problem(mappingInvalid, `${count}${first.message}`, placeOf(first), others);
}

function placeOf(diagnostic: Diagnostic): ProblemPlace {
  const { position, mapping, rule, path } = diagnostic;
  return {
    ...(position === undefined ? {} : { position }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(rule === undefined ? {} : { rule }),
    ...(path === undefined ? {} : { path }),
  };
}
