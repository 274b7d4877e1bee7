import type { Diagnostic } from "./diagnostic.js";
import { formatPosition } from "./source-position.js";

/** A finding in one line, for the command line: place, rule, message, code. */
export function diagnosticLine({ position, rule, message, code }: Diagnostic): string {
  const named = rule === undefined ? "" : ` (rule ${rule})`;
  const where = position === undefined ? "" : `${formatPosition(position)}${named}: `;
  return `${where}${message} [${code}]`;
}
