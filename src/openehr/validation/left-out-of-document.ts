import type { CompositionSettings } from "../building/composition-settings.js";
import type { OnLeftOut } from "../building/left-out.js";
import { type CompositionFormat, readCompositionIn } from "../formats/composition-format.js";
import type { RmObject } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
import type { XmlElement } from "../xml/xml-element.js";
import { reportUnknownElements } from "./unknown-elements.js";
import { ValidationFindings } from "./validation-finding.js";

/**
 * Reads a composition as `readCompositionIn` does, for whoever wants to say what reading left out.
 * @param onLeftOut told the path of everything in the document that is not in the composition, and why: members of canonical JSON,
 *   elements, attributes and texts of canonical XML that openEHR has no attribute for, keys of FLAT and STRUCTURED
 */
export function readCompositionTelling(
  format: CompositionFormat,
  source: unknown,
  template: Template,
  settings: CompositionSettings,
  onLeftOut: OnLeftOut,
): RmObject {
  let xml: XmlElement | undefined;
  const onRead = (root: XmlElement): void => {
    xml = root;
  };
  const composition = readCompositionIn(format, source, template, settings, { onRead, onLeftOut });
  if (xml !== undefined) for (const path of leftOutOfXml(xml, composition)) onLeftOut(path);
  return composition;
}

/**
 * Paths of the elements, attributes and texts of canonical XML that were not read.
 * @param document the element that the object was read from
 */
export function leftOutOfXml(document: XmlElement, object: RmObject): readonly string[] {
  const findings = new ValidationFindings();
  reportUnknownElements(document, object, findings);
  return findings.all.filter(({ rule }) => rule === "rm-unknown-attribute").map(({ path }) => path);
}
