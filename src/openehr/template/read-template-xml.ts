import { readXml, type XmlDocumentKind, type XmlLimits } from "../xml/read-xml.js";
import type { XmlElement } from "../xml/xml-element.js";
import { TEMPLATE_HAS_DOCTYPE, TEMPLATE_NOT_OPT, TEMPLATE_NOT_XML, TEMPLATE_TOO_LARGE } from "./problems.js";

/** Bounds on what is read, so that no upload can exhaust the server. */
export type TemplateLimits = XmlLimits;

/** The deepest known template nests 26 elements, the largest has some thirty thousand of them. */
export const DEFAULT_TEMPLATE_LIMITS: TemplateLimits = Object.freeze({
  characters: 20_000_000,
  depth: 200,
  elements: 500_000,
});

const OPERATIONAL_TEMPLATE: XmlDocumentKind = {
  subject: "The template",
  notXml: TEMPLATE_NOT_XML,
  hasDoctype: TEMPLATE_HAS_DOCTYPE,
  tooLarge: TEMPLATE_TOO_LARGE,
  // Parts of a template that nothing here needs.
  leftOut: new Set(["revision_history", "view", "term_bindings"]),
  refuseRoot: (name, prefixedName) =>
    name === "template"
      ? undefined
      : {
          kind: TEMPLATE_NOT_OPT,
          message: `The root element is "${prefixedName.slice(0, 80)}", that of an operational template is "template".`,
        },
};

/**
 * Reads the XML of an operational template (openehr-formats 2) into a compact tree of its `template` element, without
 * the parts nobody uses.
 * @throws Problem `TEMPLATE_NOT_XML` with line and column, `TEMPLATE_HAS_DOCTYPE`, `TEMPLATE_NOT_OPT` when the root
 *   element is another one, `TEMPLATE_TOO_LARGE` beyond the limits
 */
export function readTemplateXml(xml: string, file: string | undefined, limits: TemplateLimits): XmlElement {
  return readXml(xml, OPERATIONAL_TEMPLATE, limits, file);
}
