import { Problem } from "../../errors/problem.js";
import { AQL_PATH_INVALID } from "./problems.js";

/** One step of an openEHR path: `items[at0004 and name/value='Systolic']`. */
export interface AqlSegment {
  readonly attribute: string;
  /** at-code or archetype id. */
  readonly nodeId?: string;
  /** Name predicate, unescaped. */
  readonly name?: string;
}

export type AqlPath = readonly AqlSegment[];

const ATTRIBUTE = /[A-Za-z_][A-Za-z0-9_]*/y;
const NODE_ID = /[^\s'"[\]=,/]+/y;
const BLANKS = /\s*/y;
const CONJUNCTION = /\s+and\s+|\s*,\s*/iy;
const DISJUNCTION = /\s+or\s+/iy;
const NAME_COMPARISON = /name\s*\/\s*value\s*=\s*(?=['"])/y;
/** What follows a quote that ends a name; any other quote belongs to the name. */
const AFTER_NAME = /\s*\]|\s*,|\s+(?:and|or)\s/iy;

/**
 * Reads an openEHR path (openehr-formats 3), full (`[at0004 and name/value='Systolic']`) or short
 * (`[at0004,'Systolic']`). The leading `/` may be missing; the empty text and `/` are the empty path. Names stand in
 * single or double quotes; a quote inside a name may be escaped with a backslash but need not be.
 * @throws Problem `AQL_PATH_INVALID` for anything else, `or` and comparisons other than `name/value=` included
 */
export function parseAqlPath(text: string): AqlPath {
  if (text === "" || text === "/") return [];
  return new AqlPathReader(text).path();
}

class AqlPathReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith("/")) this.#at = 1;
  }

  path(): AqlPath {
    const segments: AqlSegment[] = [this.#segment()];
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] !== "/") this.#fail("expected / or [");
      this.#at++;
      segments.push(this.#segment());
    }
    return segments;
  }

  #segment(): AqlSegment {
    const attribute = this.#take(ATTRIBUTE);
    if (attribute === undefined) this.#fail("expected the name of an attribute");
    if (this.#text[this.#at] !== "[") return { attribute };
    this.#at++;
    const predicate = this.#predicate();
    return { attribute, ...predicate };
  }

  #predicate(): Omit<AqlSegment, "attribute"> {
    const predicate: { nodeId?: string; name?: string } = {};
    do {
      this.#take(BLANKS);
      const quoted = this.#take(NAME_COMPARISON) !== undefined || this.#isQuote();
      if (quoted) {
        if (predicate.name !== undefined) this.#fail("a second name");
        predicate.name = this.#quotedName();
      } else {
        if (predicate.nodeId !== undefined) this.#fail("a second node id");
        predicate.nodeId = this.#take(NODE_ID) ?? this.#fail("expected a node id or a name");
      }
      if (this.#take(DISJUNCTION) !== undefined) this.#fail("or is not supported in a predicate");
    } while (this.#take(CONJUNCTION) !== undefined);
    this.#take(BLANKS);
    if (this.#text[this.#at] !== "]") this.#fail("expected ]");
    this.#at++;
    return predicate;
  }

  #isQuote(): boolean {
    const character = this.#text[this.#at];
    return character === "'" || character === '"';
  }

  #quotedName(): string {
    const text = this.#text;
    const quote = text[this.#at++];
    let name = "";
    for (; this.#at < text.length; this.#at++) {
      const character = text[this.#at] as string;
      if (character === "\\" && isEscapable(text[this.#at + 1])) {
        this.#at++;
        name += text[this.#at];
      } else if (character === quote && this.#endsName()) {
        this.#at++;
        return name;
      } else name += character;
    }
    return this.#fail("a name without closing quote");
  }

  #endsName(): boolean {
    AFTER_NAME.lastIndex = this.#at + 1;
    return AFTER_NAME.test(this.#text);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(what: string): never {
    throw new Problem(AQL_PATH_INVALID, `Not an openEHR path, ${what} at character ${this.#at + 1}.`, {
      path: this.#text,
    });
  }
}

function isEscapable(character: string | undefined): boolean {
  return character === "'" || character === '"' || character === "\\";
}

/**
 * Writes a path in the full form of openehr-formats 3, the `aqlPath` of web templates; the empty path gives the empty
 * text. Names are written as they are, and with backslashes only where {@link parseAqlPath} would misread them.
 */
export function formatAqlPath(path: AqlPath): string {
  let text = "";
  for (const segment of path) text += `/${formatAqlSegment(segment)}`;
  return text;
}

/** Writes one step of a path, without `/`; see {@link formatAqlPath}. */
export function formatAqlSegment({ attribute, nodeId, name }: AqlSegment): string {
  if (nodeId === undefined) return name === undefined ? attribute : `${attribute}[name/value='${escapeName(name)}']`;
  return name === undefined
    ? `${attribute}[${nodeId}]`
    : `${attribute}[${nodeId} and name/value='${escapeName(name)}']`;
}

const MISREAD = /\\(?:['"\\]|$)|'(?:\s*\]|\s*,|\s+(?:and|or)\s)/i;

function escapeName(name: string): string {
  return MISREAD.test(name) ? name.replace(/['\\]/g, "\\$&") : name;
}
