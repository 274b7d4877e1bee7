import type { StepSource } from "../plan.js";

/**
 * What reads or writes: a rule of a mapping file, or one of the few things a run does by itself. `start` chooses what the
 * start models are run on, `references` learns what references could mean, `resource ids` makes ids on request. What happens
 * `outside of rules` would be a fault of the engine.
 */
export type Actor = StepSource | "start" | "references" | "resource ids" | "outside of rules";

/** Why nothing in the result comes from a rule that was applied. */
export type WithoutEffect =
  /** The rule is unidirectional, the other way. */
  | "other direction"
  | "condition false"
  /** Nothing stands where the rule looks. */
  | "no value"
  /** There is a value, but no conversion to what the place of the result takes. */
  | "no converter"
  /** All that it wrote was replaced by what was written to the same place later; or the place kept what stood there. */
  | "overwritten";

/** A primitive of an input: the how manieth document handed in (0-based), and where in it, as a JSON Pointer. */
export interface InputLeaf {
  readonly document: number;
  readonly path: string;
}

/** One application of a rule: what it read, and what came of it. Children of the rule and models of its slot have their own. */
export interface RuleApplication {
  readonly actor: Actor;
  /** Every leaf of the input that was looked at, also by the rule's conditions. In the order of first reading. */
  readonly reads: readonly InputLeaf[];
  /** Leaves of the result (JSON Pointers) that are as this application left them. */
  readonly writes: readonly string[];
  /** Undefined when the rule wrote, or made room for what others write. */
  readonly withoutEffect: WithoutEffect | undefined;
  /**
   * What replaced something that this one had written, in order: itself, when it wrote several values to a place that holds
   * one. Values were lost there, also where `withoutEffect` is undefined because others were not.
   */
  readonly overwrittenBy: readonly RuleApplication[];
}

/** A primitive of the result: what wrote it, or under which name it is known to be there without any rule. */
export interface OutputLeaf {
  readonly path: string;
  readonly origin: { readonly writtenBy: RuleApplication } | { readonly default: string } | "unaccounted";
}

/** The whole account of one run. */
export interface AccountReport {
  readonly applications: readonly RuleApplication[];
  readonly touched: readonly InputLeaf[];
  readonly untouched: readonly InputLeaf[];
  readonly output: readonly OutputLeaf[];
}
