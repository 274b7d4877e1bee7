import { warningText } from "./warning-text.js";

/** Paths that are named one by one; a header is no place for thousands. */
const MOST_NAMED = 20;

/**
 * Text of a `Warning` header (RFC 7234, 5.5.7) that says what a conversion could not carry over, or undefined when that is
 * nothing. Paths name attributes and nodes, never values.
 */
export function leftOutWarning(format: string, paths: readonly string[]): string | undefined {
  return warningOf(`${format} has no place for`, paths);
}

/** The same of members of an input that were not read, since openEHR has no attribute of that name. */
export function notReadWarning(paths: readonly string[]): string | undefined {
  return warningOf("openEHR has no attribute called so, not read and not mapped:", paths);
}

function warningOf(saying: string, paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const named = paths.slice(0, MOST_NAMED).join(", ");
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  return `199 causeway ${warningText(`${saying} ${named}${more}`)}`;
}
