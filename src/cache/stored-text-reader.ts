import { type MappingReading, readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { Template } from "../openehr/template/template.js";
import { readTemplateText } from "../store/template-text.js";

/** Makes trees of stored texts: by parsing them, or by finding what another node has made of the same text. */
export interface StoredTextReader {
  /** Rejects with a Problem when the text is no template; `file` only stands in messages. */
  template(content: string, file?: string): Promise<Template>;
  mapping(content: string, file: string): Promise<MappingReading>;
}

/** Parses every text in this process. */
export const parsingReader: StoredTextReader = Object.freeze({
  template: async (content: string, file?: string) => readTemplateText(content, file),
  mapping: async (content: string, file: string) => readMapping(content, { file }),
});
