import { createHash } from "node:crypto";
import type { MappingReading } from "../../fhirconnect/syntax/read-mapping.js";
import type { Template } from "../../openehr/template/template.js";
import { parsingReader, type StoredTextReader } from "../stored-text-reader.js";
import { readerFormat } from "./reader-format.js";
import type { SecondLevel } from "./second-level.js";

/**
 * Takes from the second level what another node has made of the same text, and parses and keeps there what is not. Measured
 * on two cores with Redis on the same machine: a template of 3 MB parses in 220 ms and comes from Redis in 30 ms; 237 mapping
 * files (0.56 MB together) parse in 250 ms and come in 50 ms. All of them take 0.6 MB there.
 */
export class ParsedRows implements StoredTextReader {
  readonly #secondLevel: SecondLevel;
  readonly #parser: StoredTextReader;
  readonly #format: string;

  /** `format` names how texts are read by this program; rows of programs that read otherwise are not found. */
  constructor(secondLevel: SecondLevel, parser: StoredTextReader = parsingReader, format: string = readerFormat()) {
    this.#secondLevel = secondLevel;
    this.#parser = parser;
    this.#format = format;
  }

  async template(content: string, file?: string): Promise<Template> {
    const hash = this.#hashOf("template", content, "");
    const known = await this.#secondLevel.get(hash);
    // Rows are authenticated and their hash names the kind and the format: only a template can lie there.
    if (known !== undefined) return known as Template;
    const template = await this.#parser.template(content, file);
    this.#secondLevel.put(hash, template);
    return template;
  }

  /** A text that cannot be read is read again each time, so that its faults are always reported. */
  async mapping(content: string, file: string): Promise<MappingReading> {
    const hash = this.#hashOf("mapping", content, file);
    const known = await this.#secondLevel.get(hash);
    if (known !== undefined) return known as MappingReading;
    const reading = await this.#parser.mapping(content, file);
    if (reading.mapping !== undefined) this.#secondLevel.put(hash, reading);
    return reading;
  }

  /** The name of a mapping file is part of every position in its tree, so equal texts of two names are two rows. */
  #hashOf(kind: "template" | "mapping", content: string, file: string): string {
    const head = [kind, this.#format, file].map((part) => `${part.length}:${part}`).join("");
    return createHash("sha256").update(head).update(content).digest("hex");
  }
}
