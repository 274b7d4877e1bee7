import { NumberText } from "../json/number-text.js";
import type { RmObject, RmValue } from "./rm-object.js";

/** A copy of an RM value that shares nothing with the original. */
export function copyOf<Value extends RmValue>(value: Value): Value {
  return copied(value) as Value;
}

function copied(value: RmValue): RmValue {
  if (typeof value !== "object" || value instanceof NumberText) return value;
  if (Array.isArray(value)) return value.map(copied);
  const copy: RmObject = { ...value };
  for (const name in copy) {
    const member = copy[name];
    if (typeof member === "object") copy[name] = copied(member);
    else if (member === undefined) return copiedWithoutGaps(value);
  }
  return copy;
}

/** Members without a value are left out. */
function copiedWithoutGaps(value: RmObject): RmObject {
  const copy: RmObject = { _type: value._type };
  for (const name in value) {
    const member = value[name];
    if (member !== undefined) copy[name] = copied(member);
  }
  return copy;
}
