import { Problem } from "../../../errors/problem.js";
import type { RmAttribute } from "../../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../../rm/rm-object.js";
import { CANONICAL_XML_CHARACTER } from "../problems.js";
import { NODE_ID_ATTRIBUTE, xmlAttributesOf } from "./xml-attribute-order.js";

const NAMESPACES = ' xmlns:ns2="http://schemas.openehr.org/v1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** What an interval says about its bounds when it does not say it: both included, not unbounded. */
const INTERVAL_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["lower_included", true],
  ["upper_included", true],
  ["lower_unbounded", false],
  ["upper_unbounded", false],
]);

/**
 * Writes an RM tree as canonical XML (openehr-formats 16), in the form the reference writes and reads: no namespace,
 * the class in lower case as root element, `xsi:type` where the class is not the declared one, four spaces per level.
 * Archetype ids have their `value` only (20.2, 24).
 * @throws Problem `CANONICAL_XML_CHARACTER` for a text with a character that XML cannot hold
 */
export function writeCanonicalXml(object: RmObject): string {
  const writer = new CanonicalXmlWriter();
  writer.object(object._type.toLowerCase(), object, NAMESPACES, "");
  return writer.text;
}

class CanonicalXmlWriter {
  readonly #lines: string[] = [];
  /** Elements from the root to the one being written, for messages. */
  readonly #path: string[] = [];

  get text(): string {
    return this.#lines.join("\n");
  }

  object(name: string, object: RmObject, attributes: string, indent: string): void {
    this.#path.push(name);
    const nodeId = object[NODE_ID_ATTRIBUTE];
    const nodeAttribute = typeof nodeId === "string" ? ` ${NODE_ID_ATTRIBUTE}="${this.#attributeText(nodeId)}"` : "";
    const opening = `${indent}<${name}${attributes}${nodeAttribute}`;
    const at = this.#lines.push("") - 1;
    for (const attribute of xmlAttributesOf(object._type)) {
      const value = object[attribute.name] ?? defaultOf(object._type, attribute.name);
      if (value !== undefined) this.#attribute(attribute, value, `${indent}    `);
    }
    const isEmpty = this.#lines.length === at + 1;
    this.#lines[at] = isEmpty ? `${opening}/>` : `${opening}>`;
    if (!isEmpty) this.#lines.push(`${indent}</${name}>`);
    this.#path.pop();
  }

  #attribute(attribute: RmAttribute, value: RmValue, indent: string): void {
    const { name, type } = attribute;
    if (Array.isArray(value)) {
      for (const item of value) this.#attribute(attribute, item, indent);
    } else if (isRmObject(value)) {
      this.object(name, value, value._type === type ? "" : ` xsi:type="${value._type}"`, indent);
    } else this.#primitive(name, value, indent);
  }

  #primitive(name: string, value: RmPrimitive, indent: string): void {
    this.#path.push(name);
    this.#lines.push(`${indent}<${name}>${this.#elementText(String(value))}</${name}>`);
    this.#path.pop();
  }

  #elementText(text: string): string {
    this.#refuseUnwritable(text);
    return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, escaped) : text;
  }

  #attributeText(text: string): string {
    this.#refuseUnwritable(text);
    return text.replace(/[&<>"\t\n\r]/g, escaped);
  }

  #refuseUnwritable(text: string): void {
    if (!NOT_IN_XML.test(text)) return;
    const path = this.#path.join("/");
    const message = `The text at ${path} has a character that XML cannot hold.`;
    throw new Problem(CANONICAL_XML_CHARACTER, message, { path });
  }
}

/** Control characters, halves of surrogate pairs and the two non-characters at the end of the plane. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function escaped(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

function defaultOf(rmType: string, attribute: string): boolean | undefined {
  return rmType === "DV_INTERVAL" ? INTERVAL_FLAGS.get(attribute) : undefined;
}
