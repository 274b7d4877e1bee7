/** Writes one step of a JSON Pointer (RFC 6901, section 3). */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Splits a JSON Pointer into its steps, unescaped. Throws when it is neither empty nor begins with a slash. */
export function pointerSteps(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new Error(`not a JSON Pointer: ${pointer}`);
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** True for a value with members, false for lists, text, numbers, booleans and null. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value one step below; a list answers to an index only. Empty when there is none, one value otherwise. */
export function childAt(value: unknown, step: string): readonly unknown[] {
  if (Array.isArray(value)) {
    if (!/^(0|[1-9]\d*)$/.test(step)) return [];
    const index = Number(step);
    return index < value.length ? [value[index]] : [];
  }
  return isJsonObject(value) && Object.hasOwn(value, step) ? [value[step]] : [];
}

/** Evaluates a JSON Pointer: one value (which may be null), or none when the document has no such place. */
export function valuesAtPointer(document: unknown, pointer: string): readonly unknown[] {
  let found: readonly unknown[] = [document];
  for (const step of pointerSteps(pointer)) found = found.flatMap((value) => childAt(value, step));
  return found;
}
