import type { MappingReading } from "../fhirconnect/syntax/read-mapping.js";
import type { Template } from "../openehr/template/template.js";
import { readMappingAside } from "../store/reading-worker/read-mapping-aside.js";
import { readTemplateAside } from "../store/reading-worker/read-template-aside.js";

/** Makes trees of stored texts: by parsing them, or by finding what another node has made of the same text. */
export interface StoredTextReader {
  /** Rejects with a Problem when the text is no template; `file` only stands in messages. */
  template(content: string, file?: string): Promise<Template>;
  mapping(content: string, file: string): Promise<MappingReading>;
}

/** Parses every text in this process, long ones in another thread. */
export const parsingReader: StoredTextReader = Object.freeze({
  template: readTemplateAside,
  mapping: readMappingAside,
});
