import { Problem, type ProblemKind } from "../../../errors/problem.js";
import type { LeftOutReason, OnLeftOut } from "../../building/left-out.js";
import { FLAT_PATH_UNKNOWN } from "../problems.js";

/** Paths named in the message of {@link FLAT_PATH_UNKNOWN}; all of them are in `others`. */
const MOST_PATHS_IN_MESSAGE = 20;
/** Paths that are told to be left out. */
const MOST_LEFT_OUT = 1000;

/** Gathers what is wrong with a FLAT document, so that all of it can be mended at once (openehr-formats 20.1). */
export class FlatFindings {
  readonly #problems: Problem[] = [];
  /** A value that stands in two places of a composition is read twice; its problem is one. */
  readonly #messages = new Set<string>();
  readonly #leftOut = new Map<string, LeftOutReason>();

  /** @param reason goes on after "The value of <path>" or "The path <path>"; never holds the value itself. */
  report(kind: ProblemKind, path: string, message: string, valueType?: string): void {
    if (this.#messages.has(message)) return;
    this.#messages.add(message);
    this.#problems.push(new Problem(kind, message, valueType === undefined ? { path } : { path, valueType }));
  }

  /** Notes what was read and yet is not in the composition, which is no reason to refuse the document. */
  leaveOut(path: string, reason: LeftOutReason): void {
    if (this.#leftOut.size < MOST_LEFT_OUT) this.#leftOut.set(path, reason);
  }

  /** Tells what was left out, in the order in which it was found. */
  tellLeftOut(onLeftOut: OnLeftOut): void {
    for (const [path, reason] of this.#leftOut) onLeftOut(path, reason);
  }

  /**
   * Reports all paths that nothing in the template takes, as one problem with one more for each path.
   * @param explain what is said behind a path, such as one much like it that the template has; asked for the first paths only
   */
  reportUnknownPaths(paths: readonly string[], templateId: string, explain: (path: string) => string = () => ""): void {
    const [first] = paths;
    if (first === undefined) return;
    const quoted = paths.map((path, at) => `"${path}"${at < MOST_PATHS_IN_MESSAGE ? explain(path) : ""}`);
    const each = paths.map(
      (path, at) =>
        new Problem(FLAT_PATH_UNKNOWN, `The template ${templateId} has no place for ${quoted[at]}.`, { path }),
    );
    const named = quoted.slice(0, MOST_PATHS_IN_MESSAGE);
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
