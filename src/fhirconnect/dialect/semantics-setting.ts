import type { SourcePosition } from "../../errors/source-position.js";

/** The meanings that mapping files can have where dialects differ about the same words (fhirconnect-language 20.3). */
export const semanticsNames = ["openfhir", "v1"] as const;
export type SemanticsName = (typeof semanticsNames)[number];

/** What an operator or an upload may ask for: one of the meanings, or that the files decide. */
export const semanticsSettings = ["auto", ...semanticsNames] as const;
export type SemanticsSetting = (typeof semanticsSettings)[number];

/** What was said about the meaning of a context's files by others than the files. */
export interface SemanticsOverride {
  /** With the upload of the context; wins. */
  readonly uploaded?: SemanticsSetting;
  /** For all contexts of the server (`CAUSEWAY_SEMANTICS`). */
  readonly configured?: SemanticsSetting;
}

/** The meaning that the files of a context have, and why. */
export interface SemanticsChoice {
  readonly name: SemanticsName;
  /** `files`: a construct that only one dialect has; `default`: the files hold none. */
  readonly chosenBy: "upload" | "configuration" | "files" | "default";
  /** One sentence, for people. */
  readonly reason: string;
  /** The first construct that decided, when the files did. */
  readonly evidence?: SemanticsEvidence;
}

/** Where a construct stands that only one dialect has. */
export interface SemanticsEvidence {
  readonly mapping: string;
  /** Name of the mapping method, nested ones joined with `.`; absent for the file's own guard. */
  readonly rule?: string;
  readonly position: SourcePosition;
}
