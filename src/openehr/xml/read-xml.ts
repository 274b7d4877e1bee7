import { SaxesParser, type SaxesTagNS } from "saxes";
import { Problem, type ProblemKind } from "../../errors/problem.js";
import { XmlElement } from "./xml-element.js";

/** Bounds on what is read, so that no document can exhaust the server. */
export interface XmlLimits {
  /** Length of the document in characters. */
  readonly characters: number;
  /** Depth of nested elements; namespaces cost the square of it. */
  readonly depth: number;
  /** Elements kept in memory. */
  readonly elements: number;
}

/** What kind of document is read, and how its failures are called. */
export interface XmlDocumentKind {
  /** Subject of messages, such as `The template`. */
  readonly subject: string;
  readonly notXml: ProblemKind;
  readonly hasDoctype: ProblemKind;
  readonly tooLarge: ProblemKind;
  /** Names of elements that are left out together with everything inside. */
  readonly leftOut: ReadonlySet<string>;
  /** Judges the root element as soon as it opens, by its name without and with prefix; says what is wrong, if anything. */
  refuseRoot(name: string, prefixedName: string): { readonly kind: ProblemKind; readonly message: string } | undefined;
}

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/**
 * Reads an XML document into a compact tree of its root element. A byte order mark (also one decoded as Latin 1),
 * blanks and whatever else is no ASCII letter, digit or underscore are tolerated before the first `<`. Document types
 * are refused before they are read, and with them all entities but the five of XML itself.
 * @param file named in positions
 * @throws Problem of one of the kinds named by `kind`, with line and column
 */
export function readXml(
  xml: string,
  kind: XmlDocumentKind,
  limits: XmlLimits,
  file: string | undefined = undefined,
): XmlElement {
  if (xml.length > limits.characters) {
    throw new Problem(
      kind.tooLarge,
      `${kind.subject} has ${xml.length} characters, at most ${limits.characters} are read.`,
      file === undefined ? {} : { position: { file, line: 1, column: 1 } },
    );
  }
  return new XmlReader(xml, kind, limits, file).read();
}

class XmlReader {
  readonly #xml: string;
  readonly #kind: XmlDocumentKind;
  readonly #limits: XmlLimits;
  readonly #file: string | undefined;
  readonly #parser = new SaxesParser({ xmlns: true, position: true });
  readonly #open: XmlElement[] = [];
  #root: XmlElement | undefined;
  #elements = 0;
  #depth = 0;
  /** Depth of the element that is being left out; 0 when none is. */
  #leftOutAt = 0;
  #line = 1;
  #column = 1;
  #linesBefore = 0;

  constructor(xml: string, kind: XmlDocumentKind, limits: XmlLimits, file: string | undefined) {
    this.#xml = xml;
    this.#kind = kind;
    this.#limits = limits;
    this.#file = file;
  }

  read(): XmlElement {
    const { notXml, subject } = this.#kind;
    const start = this.#xml.indexOf("<");
    const before = start < 0 ? this.#xml : this.#xml.slice(0, start);
    if (start < 0 || /\w/.test(before)) {
      throw new Problem(notXml, `${subject} is not XML: it does not begin with an element.`, {
        position: this.#position(1, 1),
      });
    }
    for (const character of before) if (character === "\n") this.#linesBefore++;
    this.#refuseDoctypeBefore(start);
    const parser = this.#parser;
    parser.on("error", (error) => this.#notXml(error.message));
    parser.on("doctype", () => this.#refuseDoctype());
    parser.on("opentagstart", ({ name }) => this.#began(name));
    parser.on("opentag", (tag) => this.#opened(tag));
    parser.on("text", (text) => this.#text(text));
    parser.on("cdata", (text) => this.#text(text));
    parser.on("closetag", () => this.#closed());
    parser.write(start === 0 ? this.#xml : this.#xml.slice(start));
    parser.close();
    if (this.#root === undefined) return this.#notXml("no element found");
    return this.#root;
  }

  /** Remembers where a tag begins; the parser is one character behind its name, which may be on the next line. */
  #began(name: string): void {
    const { line, column } = this.#parser;
    const start = column - name.length - 1;
    this.#line = this.#linesBefore + (start > 0 ? line : line - 1);
    this.#column = Math.max(start, 1);
  }

  #opened(tag: SaxesTagNS): void {
    this.#depth++;
    if (this.#depth > this.#limits.depth) this.#tooLarge(`nests elements more than ${this.#limits.depth} deep`);
    if (this.#leftOutAt > 0) return;
    const parent = this.#open.at(-1);
    const refused = parent === undefined ? this.#kind.refuseRoot(tag.local, tag.name) : undefined;
    if (refused !== undefined) throw new Problem(refused.kind, refused.message, { position: this.#here() });
    if (this.#kind.leftOut.has(tag.local)) {
      this.#leftOutAt = this.#depth;
      return;
    }
    if (++this.#elements > this.#limits.elements) this.#tooLarge(`has more than ${this.#limits.elements} elements`);
    const element = this.#element(tag);
    if (parent === undefined) this.#root = element;
    else {
      parent.children.push(element);
      if (parent.text.trim() !== "") parent.hasTextBesideChildren = true;
      parent.text = "";
    }
    this.#open.push(element);
  }

  #element(tag: SaxesTagNS): XmlElement {
    let type: string | undefined;
    let attributes: Map<string, string> | undefined;
    for (const { prefix, local, uri, value } of Object.values(tag.attributes)) {
      if (uri === XSI && local === "type") type = value.slice(value.indexOf(":") + 1).trim();
      else if (isOfDocument(prefix, local, uri)) {
        attributes ??= new Map();
        attributes.set(local, value);
      }
    }
    return new XmlElement(tag.local, type, attributes, this.#line, this.#column);
  }

  #text(text: string): void {
    const element = this.#open.at(-1);
    if (this.#leftOutAt > 0 || element === undefined) return;
    if (element.children.length === 0) element.text += text;
    else if (text.trim() !== "") element.hasTextBesideChildren = true;
  }

  #closed(): void {
    if (this.#leftOutAt === 0) this.#open.pop();
    else if (this.#leftOutAt === this.#depth) this.#leftOutAt = 0;
    this.#depth--;
  }

  /** Looks for a document type ahead of the parser, which would read all of it before it tells. */
  #refuseDoctypeBefore(start: number): void {
    const xml = this.#xml;
    let at = start;
    for (;;) {
      if (xml.startsWith("<?", at)) at = xml.indexOf("?>", at) + 2;
      else if (xml.startsWith("<!--", at)) at = xml.indexOf("-->", at + 4) + 3;
      else break;
      const next = at < 4 ? -1 : xml.indexOf("<", at);
      if (next < 0) return;
      at = next;
    }
    if (xml.startsWith("<!DOCTYPE", at)) this.#refuseDoctype();
  }

  #refuseDoctype(): never {
    const message = `${this.#kind.subject} has a DOCTYPE declaration, which is never read.`;
    throw new Problem(this.#kind.hasDoctype, message, { position: this.#here() });
  }

  #notXml(reason: string): never {
    const plain = reason.replace(/^\d+:\d+: /, "").slice(0, 200);
    throw new Problem(this.#kind.notXml, `${this.#kind.subject} is not well-formed XML: ${plain}`, {
      position: this.#here(),
    });
  }

  #tooLarge(what: string): never {
    throw new Problem(this.#kind.tooLarge, `${this.#kind.subject} ${what}.`, { position: this.#here() });
  }

  #here() {
    return this.#position(this.#parser.line + this.#linesBefore, this.#parser.column + 1);
  }

  #position(line: number, column: number) {
    return this.#file === undefined ? { line, column } : { file: this.#file, line, column };
  }
}

/** What XML and XML Schema define themselves says nothing of the content, except that there is none (`xsi:nil`). */
function isOfDocument(prefix: string, local: string, uri: string): boolean {
  if (prefix === "xmlns" || local === "xmlns" || prefix === "xml") return false;
  return uri !== XSI || local === "nil";
}
