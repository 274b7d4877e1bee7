import type { RmValue } from "./rm-object.js";

/** Freezes an RM value to its last leaf and gives it back: it can then be shared, and a write to it throws. */
export function frozen<Value extends RmValue>(value: Value): Value {
  if (typeof value !== "object" || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) if (member !== undefined) frozen(member);
  return Object.freeze(value);
}
