/**
 * What a finding is about; docs/guide/openehr-library.md explains them one by one. Names are stable. `rm-…` are rules of the reference model, with the name of the invariant where
 * the model names it; `template-…` are constraints of the template; `terminology-…` are codes the openEHR terminology does
 * not have.
 */
export type ValidationRule =
  | "rm-existence"
  | "rm-cardinality"
  | "rm-type"
  | "rm-temporal"
  | "rm-unknown-attribute"
  | `rm-invariant:${string}`
  | "template-occurrences"
  | "template-existence"
  | "template-cardinality"
  | "template-unique"
  | "template-unknown-object"
  | "template-slot"
  | "template-type"
  | "template-value"
  | "template-terminology"
  | "template-code"
  | "template-label"
  | "template-unit"
  | "template-precision"
  | "template-ordinal"
  | "template-proportion-type"
  | "template-archetype-details"
  | "template-transition"
  | "template-current-state"
  | "terminology-code";

/**
 * One thing that is wrong with a composition. Messages are those of the reference implementation where it has the check
 * (openehr-formats 19). `message`, `expected` and `found` may hold clinical values, as they repeat what was checked: they
 * are for whoever sent the composition, not for logs.
 */
export interface ValidationFinding {
  /**
   * For rules of the reference model the path of the object, list members with their position from 1:
   * `/content[openEHR-EHR-SECTION.adhoc.v1, 2]`. For constraints of the template the `aqlPath` of its node.
   */
  readonly path: string;
  readonly rule: ValidationRule;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  /** Path of the object with positions, for findings whose `path` is that of a template node. */
  readonly location?: string;
}

/** Findings reported at most unless told otherwise: enough to work on, and a bound on the memory of hostile input. */
const MOST_FINDINGS = 1000;

/** Gathers findings until there are as many as wanted. */
export class ValidationFindings {
  readonly all: ValidationFinding[] = [];
  readonly #most: number;

  constructor(most = MOST_FINDINGS) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.all.length >= this.#most;
  }

  add(finding: ValidationFinding): void {
    if (!this.isFull) this.all.push(finding);
  }
}
