/** A place in a source text. Lines and columns count from 1, as editors do. */
export interface SourcePosition {
  /** Name of the file or upload the text came from, when it has one. */
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

/** Writes a position the way compilers do: `file:line:column`, or `line L, column C` when the source has no name. */
export function formatPosition(position: SourcePosition): string {
  return position.file === undefined
    ? `line ${position.line}, column ${position.column}`
    : `${position.file}:${position.line}:${position.column}`;
}
