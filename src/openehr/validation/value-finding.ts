import type { RmObject } from "../rm/rm-object.js";
import type { ValidationRule } from "./validation-finding.js";

/** A finding about one data value, before it is known where the value stands. */
export interface ValueFinding {
  readonly rule: ValidationRule;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** What a template demands of a data value, compiled: gives what is wrong with a value, nothing when all is well. */
export type ValueCheck = (value: RmObject) => readonly ValueFinding[];

/** Nothing wrong; shared, since almost all values give it. */
export const NO_FINDINGS: readonly ValueFinding[] = Object.freeze([]);
