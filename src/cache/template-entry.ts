import { createHash } from "node:crypto";
import type { Template } from "../openehr/template/template.js";
import type { Revision, StoredTemplate } from "../store/stored.js";
import type { StoredTextReader } from "./stored-text-reader.js";

/**
 * A template as one read of the store found it, or that there was none. It is parsed when it is first needed: whoever only
 * wants to know whether a template is still the same compares hashes.
 */
export class TemplateEntry {
  /** SHA-256 of the stored text; undefined when there is no such template. */
  readonly hash: string | undefined;
  /** Characters of the stored text. */
  readonly length: number;
  #knownAt: Revision;
  #stored: StoredTemplate | undefined;
  #template: Promise<Template> | undefined;

  /** @param before an earlier entry of the same key, whose parsed template is taken over when the text is the same */
  constructor(stored: StoredTemplate | undefined, revision: Revision, before?: TemplateEntry) {
    this.#knownAt = revision;
    this.hash = stored && contentHash(stored.content);
    this.length = stored?.content.length ?? 0;
    this.#stored = stored;
    if (before !== undefined && before.hash === this.hash) this.#template = before.#template;
  }

  /** A revision at which this was what the store had. */
  get knownAt(): Revision {
    return this.#knownAt;
  }

  /** To be called when the log proves that the template is the same at another revision. */
  provenAt(revision: Revision): void {
    this.#knownAt = revision;
  }

  /** The parsed template, or undefined when there is none. Rejects with a Problem when the stored text is no template. */
  async template(reader: StoredTextReader): Promise<Template | undefined> {
    const stored = this.#stored;
    if (this.#template === undefined && stored === undefined) return undefined;
    this.#template ??= reader.template(stored?.content ?? "", stored?.originalTemplateId);
    try {
      const template = await this.#template;
      this.#stored = undefined;
      return template;
    } catch (error) {
      this.#template = undefined;
      throw error;
    }
  }
}

/** SHA-256 of a stored text: two texts with the same one are the same. */
export function contentHash(content: string): string {
  return createHash("sha256").update(content).digest("base64");
}
