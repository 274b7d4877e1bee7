import { LRUCache } from "lru-cache";
import type { Diagnostic } from "../errors/diagnostic.js";
import { readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { ContextMapping, ExtensionMapping, MappingFile, ModelMapping } from "../fhirconnect/syntax/tree.js";
import type { StoredMapping } from "../store/stored.js";

/** The mapping files of a tenant, read. */
export interface ReadLibrary {
  /** Models and extensions, in the order in which they were stored. */
  readonly mappings: readonly (ModelMapping | ExtensionMapping)[];
  readonly contexts: readonly ContextMapping[];
}

/** Told about a stored file that cannot be read any more, which intake should have refused. */
export type ReportUnreadable = (stored: StoredMapping, diagnostics: readonly Diagnostic[]) => void;

/**
 * Turns stored mapping files into trees and remembers the trees, because every template of a tenant is compiled from the
 * same files. A remembered tree is used only for the very text it was read from, so it needs no eviction to stay right.
 */
export class MappingLibrary {
  readonly #read = new LRUCache<string, { readonly content: string; readonly mapping: MappingFile }>({ max: 2000 });
  readonly #reportUnreadable: ReportUnreadable;

  constructor(reportUnreadable: ReportUnreadable) {
    this.#reportUnreadable = reportUnreadable;
  }

  read(stored: readonly StoredMapping[]): ReadLibrary {
    const mappings: (ModelMapping | ExtensionMapping)[] = [];
    const contexts: ContextMapping[] = [];
    for (const one of stored) {
      const mapping = this.#readOne(one);
      if (mapping === undefined) continue;
      if (mapping.type === "context") contexts.push(mapping);
      else mappings.push(mapping);
    }
    return { mappings, contexts };
  }

  #readOne(stored: StoredMapping): MappingFile | undefined {
    const remembered = this.#read.get(stored.id);
    if (remembered?.content === stored.content) return remembered.mapping;
    const { mapping, diagnostics } = readMapping(stored.content, { file: stored.name });
    if (mapping === undefined) this.#reportUnreadable(stored, diagnostics);
    else this.#read.set(stored.id, { content: stored.content, mapping });
    return mapping;
  }
}
