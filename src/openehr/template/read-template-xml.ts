import { SaxesParser, type SaxesTagNS } from "saxes";
import { Problem } from "../../errors/problem.js";
import { TEMPLATE_HAS_DOCTYPE, TEMPLATE_NOT_OPT, TEMPLATE_NOT_XML, TEMPLATE_TOO_LARGE } from "./problems.js";
import { XmlElement } from "./xml-element.js";

/** Bounds on what is read, so that no upload can exhaust the server. */
export interface TemplateLimits {
  /** Length of the document in characters. */
  readonly characters: number;
  /** Depth of nested elements; the deepest known template has 26, and namespaces cost the square of the depth. */
  readonly depth: number;
  /** Elements kept in memory; the largest known template has some thirty thousand. */
  readonly elements: number;
}

export const DEFAULT_TEMPLATE_LIMITS: TemplateLimits = Object.freeze({
  characters: 20_000_000,
  depth: 200,
  elements: 500_000,
});

/** Parts of a template that nothing here needs, by the name of their element. */
const LEFT_OUT = new Set(["revision_history", "view", "term_bindings", "includes", "excludes"]);
const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/**
 * Reads the XML of an operational template (openehr-formats 2) into a compact tree of its `template` element, without
 * the parts nobody uses. A byte order mark (also one decoded as Latin 1), blanks and whatever else is no ASCII
 * letter, digit or underscore are tolerated before the first `<`.
 * @throws Problem `TEMPLATE_NOT_XML` with line and column, `TEMPLATE_HAS_DOCTYPE`, `TEMPLATE_NOT_OPT` when the root
 *   element is another one, `TEMPLATE_TOO_LARGE` beyond the limits
 */
export function readTemplateXml(xml: string, file: string | undefined, limits: TemplateLimits): XmlElement {
  if (xml.length > limits.characters) {
    throw new Problem(
      TEMPLATE_TOO_LARGE,
      `The template has ${xml.length} characters, at most ${limits.characters} are read.`,
      file === undefined ? {} : { position: { file, line: 1, column: 1 } },
    );
  }
  return new TemplateXmlReader(xml, file, limits).read();
}

class TemplateXmlReader {
  readonly #xml: string;
  readonly #file: string | undefined;
  readonly #limits: TemplateLimits;
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

  constructor(xml: string, file: string | undefined, limits: TemplateLimits) {
    this.#xml = xml;
    this.#file = file;
    this.#limits = limits;
  }

  read(): XmlElement {
    const start = this.#xml.indexOf("<");
    const before = start < 0 ? this.#xml : this.#xml.slice(0, start);
    if (start < 0 || /\w/.test(before)) {
      throw new Problem(TEMPLATE_NOT_XML, "The template is not XML: it does not begin with an element.", {
        position: this.#position(1, 1),
      });
    }
    for (const character of before) if (character === "\n") this.#linesBefore++;
    this.#refuseDoctypeBefore(start);
    const parser = this.#parser;
    parser.on("error", (error) => this.#notXml(error.message));
    parser.on("doctype", () => this.#refuseDoctype());
    parser.on("opentagstart", () => {
      this.#line = parser.line + this.#linesBefore;
      this.#column = parser.column;
    });
    parser.on("opentag", (tag) => this.#opened(tag));
    parser.on("text", (text) => this.#text(text));
    parser.on("cdata", (text) => this.#text(text));
    parser.on("closetag", () => this.#closed());
    parser.write(start === 0 ? this.#xml : this.#xml.slice(start));
    parser.close();
    if (this.#root === undefined) return this.#notXml("no element found");
    return this.#root;
  }

  #opened(tag: SaxesTagNS): void {
    this.#depth++;
    if (this.#depth > this.#limits.depth) {
      throw new Problem(TEMPLATE_TOO_LARGE, `The template nests elements more than ${this.#limits.depth} deep.`, {
        position: this.#here(),
      });
    }
    if (this.#leftOutAt > 0) return;
    const parent = this.#open.at(-1);
    if (parent === undefined && tag.local !== "template") {
      throw new Problem(
        TEMPLATE_NOT_OPT,
        `The root element is "${tag.name.slice(0, 80)}", that of an operational template is "template".`,
        { position: this.#here() },
      );
    }
    if (LEFT_OUT.has(tag.local)) {
      this.#leftOutAt = this.#depth;
      return;
    }
    if (++this.#elements > this.#limits.elements) {
      throw new Problem(TEMPLATE_TOO_LARGE, `The template has more than ${this.#limits.elements} elements.`, {
        position: this.#here(),
      });
    }
    const element = this.#element(tag);
    if (parent === undefined) this.#root = element;
    else {
      parent.children.push(element);
      parent.text = "";
    }
    this.#open.push(element);
  }

  #element(tag: SaxesTagNS): XmlElement {
    let type: string | undefined;
    let attributes: Map<string, string> | undefined;
    for (const { prefix, local, uri, value } of Object.values(tag.attributes)) {
      if (uri === XSI && local === "type") type = value.slice(value.indexOf(":") + 1).trim();
      else if (prefix !== "xmlns" && local !== "xmlns") {
        attributes ??= new Map();
        attributes.set(local, value);
      }
    }
    return new XmlElement(tag.local, type, attributes, this.#line, this.#column);
  }

  #text(text: string): void {
    const element = this.#open.at(-1);
    if (this.#leftOutAt === 0 && element !== undefined && element.children.length === 0) element.text += text;
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
    throw new Problem(TEMPLATE_HAS_DOCTYPE, "The template has a DOCTYPE declaration, which is never read.", {
      position: this.#here(),
    });
  }

  #notXml(reason: string): never {
    const plain = reason.replace(/^\d+:\d+: /, "").slice(0, 200);
    throw new Problem(TEMPLATE_NOT_XML, `The template is not well-formed XML: ${plain}`, { position: this.#here() });
  }

  #here() {
    return this.#position(this.#parser.line + this.#linesBefore, this.#parser.column + 1);
  }

  #position(line: number, column: number) {
    return this.#file === undefined ? { line, column } : { file: this.#file, line, column };
  }
}
