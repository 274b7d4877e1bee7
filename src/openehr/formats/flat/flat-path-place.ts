import { doubleText } from "../../json/double-text.js";
import { exactNumber, isExactNumber, NumberText } from "../../json/number-text.js";
import type { FlatDataType, FlatPlace, FlatScalar } from "./flat-data-type.js";
import { flatDataType } from "./flat-data-types.js";

/** A FLAT document in the making; insertion order is the order of writing. */
export type FlatDocument = Record<string, FlatScalar>;
/** One whose numbers are doubles. */
export type RawFlatDocument = Record<string, string | number | boolean>;

/**
 * How a FLAT document is written: `raw` is what was put into the draft and nothing else, `published` is what compositions
 * are exchanged as, with the quotient of proportions and UTF-8 as the encoding of every entry, and numbers as
 * openehr-formats 17.5 has them once `writeJson` writes the document.
 */
export type FlatForm = "raw" | "published";

/** A path of a FLAT document that values are written to. */
export class FlatPathPlace implements FlatPlace {
  readonly path: string;
  readonly isMergedText: boolean;
  readonly #document: FlatDocument;
  readonly #form: FlatForm;

  constructor(path: string, document: FlatDocument, form: FlatForm, isMergedText = false) {
    this.path = path;
    this.isMergedText = isMergedText;
    this.#document = document;
    this.#form = form;
  }

  get withDerivedValues(): boolean {
    return this.#form === "published";
  }

  put(attribute: string, value: FlatScalar | undefined): void {
    if (value === undefined) return;
    const isPlain = this.#form === "raw" && value instanceof NumberText;
    this.#document[attribute === "" ? this.path : `${this.path}|${attribute}`] = isPlain ? value.valueOf() : value;
  }

  putDouble(attribute: string, value: FlatScalar | undefined): void {
    const isPublished = this.#form === "published" && isExactNumber(value);
    this.put(attribute, isPublished ? exactNumber(doubleText(value.valueOf())) : value);
  }

  at(name: string, index?: number): FlatPlace {
    const segment = index === undefined ? name : `${name}:${index}`;
    return new FlatPathPlace(`${this.path}/${segment}`, this.#document, this.#form);
  }

  dataType(rmType: string): FlatDataType | undefined {
    return flatDataType(rmType);
  }
}
