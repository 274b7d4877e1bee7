import type { Diagnostic } from "../errors/diagnostic.js";
import type { ContextMapping, ExtensionMapping, ModelMapping } from "../fhirconnect/syntax/tree.js";
import type { StoredMapping } from "../store/stored.js";
import type { BoundedCache } from "./bounded-cache.js";
import type { FileEntry } from "./cache-groups.js";
import type { StoredTextReader } from "./stored-text-reader.js";
import { contentHash } from "./template-entry.js";

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
 * same files. A tree is found by the very name and text it was read from, so it needs no eviction to stay right.
 */
export class MappingLibrary {
  readonly #files: BoundedCache<FileEntry>;
  readonly #reader: StoredTextReader;
  readonly #reportUnreadable: ReportUnreadable;

  constructor(files: BoundedCache<FileEntry>, reader: StoredTextReader, reportUnreadable: ReportUnreadable) {
    this.#files = files;
    this.#reader = reader;
    this.#reportUnreadable = reportUnreadable;
  }

  /** Files that cannot be read are reported and left out. */
  async read(stored: readonly StoredMapping[]): Promise<ReadLibrary> {
    const entries = await Promise.all(stored.map((one) => this.#entryOf(one)));
    const mappings: (ModelMapping | ExtensionMapping)[] = [];
    const contexts: ContextMapping[] = [];
    for (const { mapping } of entries) {
      if (mapping === undefined) continue;
      if (mapping.type === "context") contexts.push(mapping);
      else mappings.push(mapping);
    }
    return { mappings, contexts };
  }

  async #entryOf(stored: StoredMapping): Promise<FileEntry> {
    const { tenant, name, content } = stored;
    const found = await this.#files.get(tenant, `${contentHash(content)} ${name}`, async () => {
      const { mapping, diagnostics } = await this.#reader.mapping(content, name);
      if (mapping === undefined) this.#reportUnreadable(stored, diagnostics);
      return { mapping, length: content.length };
    });
    return found.value;
  }
}
