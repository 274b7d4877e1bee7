import { formatPosition, type SourcePosition } from "./source-position.js";

/**
 * What kind of failure a problem is. The HTTP status is derived from it in one place (`src/http/problem-response.ts`):
 * the first seven are the caller's to mend, `busy` and `unavailable` pass by themselves, `fault` is ours.
 */
export type ProblemCategory =
  | "invalid"
  | "unprocessable"
  | "not-found"
  | "conflict"
  | "unsupported"
  | "too-large"
  | "forbidden"
  | "busy"
  | "unavailable"
  | "fault";

/** One cause of failure. Its code is stable: callers match on it, never on the text. */
export interface ProblemKind<Code extends string = string> {
  /** Upper case with underscores, beginning with the room: `TEMPLATE_NOT_XML`. Never reused once retired. */
  readonly code: Code;
  readonly category: ProblemCategory;
  /** One sentence that says what the caller should do. */
  readonly advice: string;
}

/** Where a problem sits; every member that is known is given. Never holds clinical values. */
export interface ProblemPlace {
  readonly position?: SourcePosition;
  /** Mapping file by `metadata.name`. */
  readonly mapping?: string;
  /** Name of the mapping method, nested ones joined with `.`. */
  readonly rule?: string;
  /** openEHR, FHIR, FLAT or JSON path, as the user writes it. */
  readonly path?: string;
  /** Type of the value found there, for example `DV_QUANTITY` or `string`. */
  readonly valueType?: string;
}

/**
 * A failure with a stable code, thrown at the border of a room and translated to HTTP or an exit code in one place.
 * `message` says what and where; `advice` (from the kind) says what to do.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  readonly place: ProblemPlace;
  /** Further problems found in the same input, so that a user can mend all of them at once. */
  readonly others: readonly Problem[];

  constructor(
    kind: ProblemKind,
    message: string,
    place: ProblemPlace = {},
    others: readonly Problem[] = [],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.place = place;
    this.others = others;
  }

  get code(): string {
    return this.kind.code;
  }

  /** The whole problem in one line, for logs and the command line: place, message, advice, code. */
  toLine(): string {
    const { position, rule } = this.place;
    const named = rule === undefined ? "" : ` (rule ${rule})`;
    const where = position === undefined ? "" : `${formatPosition(position)}${named}: `;
    const end = /[.!?:]$/.test(this.message) ? "" : ".";
    return `${where}${this.message}${end} ${this.kind.advice} [${this.kind.code}]`;
  }
}

/** Declares a kind of problem; rooms collect theirs in a `problems.ts`. */
export function problemKind<Code extends string>(
  code: Code,
  category: ProblemCategory,
  advice: string,
): ProblemKind<Code> {
  return Object.freeze({ code, category, advice });
}
