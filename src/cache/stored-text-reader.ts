import { type MappingReading, readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { Template } from "../openehr/template/template.js";
import { readTemplateAside } from "../store/template-worker/read-aside.js";

/** Makes trees of stored texts: by parsing them, or by finding what another node has made of the same text. */
export interface StoredTextReader {
  /** Rejects with a Problem when the text is no template; `file` only stands in messages. */
  template(content: string, file?: string): Promise<Template>;
  mapping(content: string, file: string): Promise<MappingReading>;
}

/** Parses every text in this process, long templates in a thread of their own. */
export const parsingReader: StoredTextReader = Object.freeze({
  template: readTemplateAside,
  mapping: async (content: string, file: string) => readMapping(content, { file }),
});
