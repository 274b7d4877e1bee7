/** A `mappingCode` taken apart: the program's name, and what stands in parentheses behind it, at commas. */
export interface ProgrammedCall {
  readonly code: string;
  readonly values: readonly string[];
}

/**
 * Reads a `mappingCode`: `rangeToText`, `feederAudit(ward system)`, `generateNarrative($resource.section, profile)`.
 * Quotes around an argument are dropped, empty arguments at the end are none. Undefined when parentheses do not close.
 */
export function readProgrammedCall(text: string): ProgrammedCall | undefined {
  const written = text.trim();
  const open = written.indexOf("(");
  if (open < 0) return written.includes(")") ? undefined : { code: written, values: [] };
  if (!written.endsWith(")")) return undefined;
  const values = written
    .slice(open + 1, -1)
    .split(",")
    .map(unquoted);
  while (values.at(-1) === "") values.pop();
  return { code: written.slice(0, open).trim(), values };
}

function unquoted(text: string): string {
  const value = text.trim();
  const quote = value[0];
  return (quote === "'" || quote === '"') && value.length > 1 && value.endsWith(quote) ? value.slice(1, -1) : value;
}
