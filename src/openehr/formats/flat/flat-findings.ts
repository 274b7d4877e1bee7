import { Problem, type ProblemKind } from "../../../errors/problem.js";
import { FLAT_PATH_UNKNOWN } from "../problems.js";

/** Paths named in the message of {@link FLAT_PATH_UNKNOWN}; all of them are in `others`. */
const MOST_PATHS_IN_MESSAGE = 20;

/** Gathers what is wrong with a FLAT document, so that all of it can be mended at once (openehr-formats 20.1). */
export class FlatFindings {
  readonly #problems: Problem[] = [];

  /** @param reason goes on after "The value of <path>" or "The path <path>"; never holds the value itself. */
  report(kind: ProblemKind, path: string, message: string, valueType?: string): void {
    this.#problems.push(new Problem(kind, message, valueType === undefined ? { path } : { path, valueType }));
  }

  /** Reports all paths that nothing in the template takes, as one problem with one more for each path. */
  reportUnknownPaths(paths: readonly string[], templateId: string): void {
    const [first] = paths;
    if (first === undefined) return;
    const each = paths.map(
      (path) => new Problem(FLAT_PATH_UNKNOWN, `The template ${templateId} has no place for "${path}".`, { path }),
    );
    const named = paths.slice(0, MOST_PATHS_IN_MESSAGE).map((path) => `"${path}"`);
    const more = paths.length > named.length ? ` and ${paths.length - named.length} more` : "";
    const message = `The template ${templateId} has no place for ${named.join(", ")}${more}.`;
    this.#problems.push(new Problem(FLAT_PATH_UNKNOWN, message, { path: first }, each));
  }

  /** @throws Problem the first finding, the rest in `others` */
  throwIfAny(): void {
    const [first, ...rest] = this.#problems;
    if (first === undefined) return;
    throw new Problem(first.kind, first.message, first.place, [...first.others, ...rest]);
  }
}
