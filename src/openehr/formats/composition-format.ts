import { Problem } from "../../errors/problem.js";
import { completeComposition } from "../building/complete-composition.js";
import type { CompositionDraft } from "../building/composition-draft.js";
import type { CompositionSettings } from "../building/composition-settings.js";
import type { OnLeftOut } from "../building/left-out.js";
import { writeJson } from "../json/write-json.js";
import type { RmObject } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
import { readCanonicalJson } from "./canonical-json.js";
import { writeCanonicalJson } from "./canonical-json-writer.js";
import { type CanonicalXmlSource, readCanonicalXml } from "./canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "./canonical-xml/canonical-xml-writer.js";
import { compositionToFlat } from "./flat/composition-to-flat.js";
import { readFlat } from "./flat/flat-reader.js";
import { COMPOSITION_EXPECTED, COMPOSITION_OF_OTHER_TEMPLATE } from "./problems.js";
import { compositionToStructured, readStructured } from "./structured/structured.js";

/** The forms a composition comes and goes in: canonical JSON, FLAT, STRUCTURED and canonical XML (openehr-formats 1). */
export const compositionFormats = ["canonical", "flat", "structured", "xml"] as const;
export type CompositionFormat = (typeof compositionFormats)[number];

/** What readers are asked beside the composition. */
export interface ReadingListeners extends CanonicalXmlSource {
  /** Told the path of what stands in canonical JSON, FLAT or STRUCTURED and is not in the composition, and why. */
  readonly onLeftOut?: OnLeftOut;
}

/**
 * Reads a composition of a template in any of its forms. FLAT and STRUCTURED are completed with what the template says;
 * canonical forms are taken as they are.
 * @param source the text for `xml`, for the others the parsed JSON (with `parseExactJson` the digits of numbers are kept)
 * @param listeners who wants to know more of the reading than the composition
 * @throws Problem of the reader of the format, or `COMPOSITION_EXPECTED` when it is an object of another class
 */
export function readCompositionIn(
  format: CompositionFormat,
  source: unknown,
  template: Template,
  settings: CompositionSettings,
  listeners: ReadingListeners = {},
): RmObject {
  const { onLeftOut } = listeners;
  const told = onLeftOut === undefined ? {} : { onLeftOut };
  const completed = (draft: CompositionDraft) => completeComposition(draft, settings, undefined, told);
  switch (format) {
    case "canonical":
      return wholeComposition(readCanonicalJson(source, undefined, onLeftOut));
    case "xml":
      return wholeComposition(readCanonicalXml(String(source), listeners));
    case "flat":
      return completed(readFlat(source, template, { ...settings, ...told }));
    case "structured":
      return completed(readStructured(source, template, { ...settings, ...told }));
    default:
      return format satisfies never;
  }
}

function wholeComposition(object: RmObject): RmObject {
  if (object._type === "COMPOSITION") return object;
  const message = `The document is of class ${object._type}, and no COMPOSITION.`;
  throw new Problem(COMPOSITION_EXPECTED, message, { path: "$", valueType: object._type });
}

/**
 * Writes a composition in any of its forms. Numbers have the digits they were read with in canonical forms, and the form
 * of openehr-formats 17.5 in FLAT and STRUCTURED.
 * @param onLeftOut told the path of each object and attribute that FLAT and STRUCTURED have no key for
 * @throws Problem `COMPOSITION_OF_OTHER_TEMPLATE` when FLAT or STRUCTURED are asked for and the root is of another
 *   archetype than that of the template; `CANONICAL_XML_CHARACTER` for what XML cannot hold
 */
export function writeCompositionIn(
  format: CompositionFormat,
  composition: RmObject,
  template: Template,
  onLeftOut?: (path: string) => void,
): string {
  switch (format) {
    case "canonical":
      return writeJson(writeCanonicalJson(composition));
    case "xml":
      return writeCanonicalXml(composition);
    case "flat":
      refuseOtherTemplate(composition, template);
      return writeJson(compositionToFlat(composition, template, onLeftOut));
    case "structured":
      refuseOtherTemplate(composition, template);
      return writeJson(compositionToStructured(composition, template, onLeftOut));
    default:
      return format satisfies never;
  }
}

/** The names of FLAT are those of one template: a composition of another would come out empty. */
function refuseOtherTemplate(composition: RmObject, { root, templateId }: Template): void {
  if (composition.archetype_node_id === root.nodeId) return;
  const message = `The root of the composition is not of the archetype "${root.nodeId}" of the template "${templateId}".`;
  throw new Problem(COMPOSITION_OF_OTHER_TEMPLATE, message, { path: "/archetype_node_id" });
}
