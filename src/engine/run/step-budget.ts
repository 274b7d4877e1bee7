import { Problem } from "../../errors/problem.js";
import type { Step } from "../plan.js";
import { MAPPING_TOO_EXPENSIVE } from "../problems.js";

/** Steps and values. More than a composition of ten thousand entries needs; reached only by what multiplies: models, or lists read for each member of a list. */
const mostSteps = 2_000_000;

/** How much one run may do: a mapping that explodes ends with the rule it was at, and not with the server. */
export class StepBudget {
  #left: number;

  constructor(steps: number = mostSteps) {
    this.#left = steps;
  }

  /**
   * Counts the step as run once, or its further values.
   * Throws MAPPING_TOO_EXPENSIVE when that is more than a run may do.
   */
  spend(step: Step, times = 1): void {
    this.#left -= times;
    if (this.#left >= 0) return;
    const message = "The run was stopped because the rules were applied to more values than a run may map.";
    throw new Problem(MAPPING_TOO_EXPENSIVE, message, placeOf(step));
  }
}

/** A failure below a step, with the rule it happened in; the innermost rule stays. */
export function inRule(error: unknown, step: Step): unknown {
  if (!(error instanceof Problem) || error.place.rule !== undefined) return error;
  return new Problem(error.kind, error.message, { ...placeOf(step), ...error.place }, error.others, error);
}

function placeOf({ source }: Step) {
  return { mapping: source.mapping, rule: source.rule, position: source.position };
}
