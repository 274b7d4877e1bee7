import { stringify } from "yaml";
import { mappingDocument } from "../fhirconnect/syntax/write-mapping.js";
import type { StoredMapping } from "./stored.js";

/** Stored files that are asked for as text. */
export interface DocumentsWanted {
  /** One file, or a list of them. */
  readonly stored: DocumentSource | readonly DocumentSource[];
  readonly form: DocumentForm;
}

export type DocumentForm = "json" | "yaml";

export type DocumentSource = Pick<StoredMapping, "id" | "content">;

/** The stored files as the classic routes answer with them (rest-api 10), one or a list. */
export function documentsText({ stored, form }: DocumentsWanted): string {
  return textIn(form, isList(stored) ? stored.map(documentWithId) : documentWithId(stored));
}

/** An answer as JSON, or as YAML that begins with a document marker (rest-api 10). */
export function textIn(form: DocumentForm, answer: object): string {
  return form === "json" ? JSON.stringify(answer) : `---\n${stringify(answer, { aliasDuplicateObjects: false })}`;
}

/**
 * The assigned id, then what the file says. An id in the file, as a document has it that was read here and sent back, gives
 * way (rest-api 2).
 */
function documentWithId({ id, content }: DocumentSource): object {
  const { id: _, ...document } = mappingDocument(content);
  return { id, ...document };
}

function isList(stored: DocumentsWanted["stored"]): stored is readonly DocumentSource[] {
  return Array.isArray(stored);
}
