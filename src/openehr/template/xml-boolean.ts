import type { XmlElement } from "../xml/xml-element.js";

/** The xs:boolean that a child element holds, in any of its four spellings; undefined when it holds none. */
export function booleanAt(element: XmlElement, name: string): boolean | undefined {
  const text = element.textAt(name);
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}
