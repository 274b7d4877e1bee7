import { parseArgs } from "node:util";

/** What a run of the conformance cases was asked to do. */
export interface RunOptions {
  /** Only cases whose id begins with this; empty for all. */
  readonly only: string;
  /** Also the cases that the reference itself does not run; checking or raising the floor includes them anyway. */
  readonly all: boolean;
  /** Name every case as it finishes and show what the server wrote. */
  readonly verbose: boolean;
  /** Add the passing ids to the floor. */
  readonly updateFloor: boolean;
  /** Fail when a case of the floor does not pass, or an inactive one neither passes nor has a line that says why. */
  readonly check: boolean;
}

/** Reads the arguments of `npm run conformance --`; throws on an unknown one. */
export function readRunOptions(args: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      only: { type: "string", default: "" },
      all: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      "update-floor": { type: "boolean", default: false },
      check: { type: "boolean", default: false },
    },
  });
  const { only, all, verbose, check, "update-floor": updateFloor } = values;
  return { only, all, verbose, updateFloor, check };
}
