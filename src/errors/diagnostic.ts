import type { SourcePosition } from "./source-position.js";

/** How bad a finding about a mapping file is: an error stops the mapping from being used, the others do not. */
export type DiagnosticSeverity = "error" | "warning" | "note";

/**
 * A finding about a file that was read or compiled: what is wrong, exactly where, and what to do.
 * Unlike a {@link Problem} it is data, gathered in lists and shown to the author of the file.
 */
export interface Diagnostic {
  readonly severity: DiagnosticSeverity;
  /** Stable code, upper case with underscores: `MAPPING_UNKNOWN_KEY`. */
  readonly code: string;
  /** What is wrong and what to do, in one or two sentences. */
  readonly message: string;
  readonly position?: SourcePosition;
  /** `metadata.name` of the file the finding is about. */
  readonly mapping?: string;
  /** Name of the mapping method, nested ones joined with `.`. */
  readonly rule?: string;
  /** The openEHR or FHIR path concerned. */
  readonly path?: string;
}
