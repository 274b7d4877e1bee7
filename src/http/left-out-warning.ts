import { warningText } from "./warning-text.js";

/** Paths that are named one by one; a header is no place for thousands. */
const MOST_NAMED = 20;

/**
 * Text of a `Warning` header (RFC 7234, 5.5.7) that says what a conversion could not carry over, or undefined when that is
 * nothing. Paths name attributes and nodes, never values.
 */
export function leftOutWarning(format: string, paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const named = paths.slice(0, MOST_NAMED).join(", ");
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  return `199 causeway ${warningText(`${format} has no place for ${named}${more}`)}`;
}
