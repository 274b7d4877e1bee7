import { CODES } from "./codes.js";
import type { ConstraintKind } from "./constraint-kind.js";
import { NUMBERS } from "./numbers.js";
import { TEXTS } from "./texts.js";
import { TIMES } from "./times.js";

/** Every kind of constraint on values that openehr-formats 2.2 and 19 name. */
export const CONSTRAINT_KINDS: readonly ConstraintKind[] = [...NUMBERS, ...TEXTS, ...TIMES, ...CODES];
