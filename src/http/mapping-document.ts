import { stringify } from "yaml";
import type { JsonObject } from "../fhir/json.js";
import { mappingDocument } from "../fhirconnect/syntax/write-mapping.js";
import type { StoredMapping } from "../store/stored.js";

/**
 * A stored file as the classic routes answer with it: its id, then what the file says (rest-api 10). An id in the file, as
 * a document has it that was read here and sent back, gives way to the assigned one (rest-api 2).
 */
export function documentWithId(stored: StoredMapping): JsonObject {
  const { id: _, ...document } = mappingDocument(stored.content) as JsonObject;
  return { id: stored.id, ...document };
}

/** One document or a list of them as YAML, beginning with a document marker (rest-api 10). */
export function asYaml(answer: JsonObject | JsonObject[]): string {
  return `---\n${stringify(answer, { aliasDuplicateObjects: false })}`;
}
