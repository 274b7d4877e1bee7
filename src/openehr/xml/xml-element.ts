import type { SourcePosition } from "../../errors/source-position.js";

/** One element of an XML document, names without namespace prefix. */
export class XmlElement {
  readonly name: string;
  /** `xsi:type` without prefix. */
  readonly type: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly children: XmlElement[] = [];
  /** Text directly inside, verbatim; empty for elements that have children. */
  text = "";
  /** Whether there is text beside child elements, which `text` does not have. */
  hasTextBesideChildren = false;
  readonly #attributes: ReadonlyMap<string, string> | undefined;

  constructor(
    name: string,
    type: string | undefined,
    attributes: ReadonlyMap<string, string> | undefined,
    line: number,
    column: number,
  ) {
    this.name = name;
    this.type = type;
    this.#attributes = attributes;
    this.line = line;
    this.column = column;
  }

  /** Names of the XML attributes, other than `xsi:type` and `xsi:nil`. */
  get attributeNames(): readonly string[] {
    return this.#attributes === undefined ? [] : [...this.#attributes.keys()].filter((name) => name !== "nil");
  }

  /** Value of an XML attribute, other than `xsi:type`. */
  attribute(name: string): string | undefined {
    return this.#attributes?.get(name);
  }

  /** Whether the element says of itself that it stands for nothing (`xsi:nil`). */
  get isNil(): boolean {
    const nil = this.#attributes?.get("nil")?.trim();
    return nil === "true" || nil === "1";
  }

  /** The first child element of that name. */
  child(name: string): XmlElement | undefined {
    for (const child of this.children) if (child.name === name) return child;
    return undefined;
  }

  /** All child elements of that name, in document order. */
  childrenNamed(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The element that child names lead to. */
  at(...names: readonly string[]): XmlElement | undefined {
    let reached: XmlElement | undefined = this;
    for (const name of names) reached = reached?.child(name);
    return reached;
  }

  /** Trimmed text of the element that child names lead to; undefined when it is missing or blank. */
  textAt(...names: readonly string[]): string | undefined {
    const text = this.at(...names)?.text.trim();
    return text === "" ? undefined : text;
  }

  /** Where the element begins, for messages. */
  position(file: string | undefined): SourcePosition {
    const { line, column } = this;
    return file === undefined ? { line, column } : { file, line, column };
  }
}
