import type { ConformanceCase, Direction } from "./manifest.js";

/** The outcome of one case. */
export interface CaseResult {
  readonly id: string;
  readonly scenario: string;
  readonly direction: Direction;
  readonly input: string;
  readonly expected: string | null;
  /** Required: active in the reference. */
  readonly active: boolean;
  /** The first difference in words; undefined when the case passes. */
  readonly difference: string | undefined;
}

/** Joins a case with what running it found. */
export function caseResult(conformanceCase: ConformanceCase, difference: string | undefined): CaseResult {
  const { id, scenario, direction, input, expected, upstream } = conformanceCase;
  return { id, scenario, direction, input, expected, active: upstream.status === "active", difference };
}

/** Passes out of a number of cases. */
export interface Count {
  readonly passed: number;
  readonly total: number;
}

/** Counts passes. */
export function countPasses(results: readonly CaseResult[]): Count {
  return { passed: results.filter(({ difference }) => difference === undefined).length, total: results.length };
}

/** The result of a whole run as `.conformance/result.json` holds it: plain data, failures with their first difference. */
export function resultDocument(results: readonly CaseResult[], environment: { timeZone: string; commit: string }) {
  const { passed, total } = countPasses(results);
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))].sort().map((scenario) => {
    const mine = results.filter((result) => result.scenario === scenario);
    const directions = [...new Set(mine.map(({ direction }) => direction))];
    return {
      scenario,
      directions: directions.map((direction) => ({
        direction,
        ...countPasses(mine.filter((result) => result.direction === direction)),
      })),
    };
  });
  return {
    corpusCommit: environment.commit,
    timeZone: environment.timeZone,
    passed,
    failed: total - passed,
    total,
    scenarios,
    cases: results.map(({ difference, ...rest }) => ({
      ...rest,
      status: difference === undefined ? ("passed" as const) : ("failed" as const),
      ...(difference === undefined ? {} : { difference }),
    })),
  };
}
