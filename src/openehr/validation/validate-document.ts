import { Problem } from "../../errors/problem.js";
import type { CompositionSettings } from "../building/composition-settings.js";
import { type CompositionFormat, readCompositionIn } from "../formats/composition-format.js";
import type { RmObject } from "../rm/rm-object.js";
import type { Template } from "../template/template.js";
import type { XmlElement } from "../xml/xml-element.js";
import { reportUnknownElements } from "./unknown-elements.js";
import { reportUnknownMembers } from "./unknown-members.js";
import { validateComposition } from "./validate-composition.js";
import { type ValidationFinding, ValidationFindings } from "./validation-finding.js";

/** A finding of the validation, or of the reader of a format, whose rule is then `format:` and the code of the problem. */
export type DocumentFinding = Omit<ValidationFinding, "rule"> & { readonly rule: string };

/**
 * Validates a composition in any of its forms (openehr-formats 19). Members and paths that its reader refuses are findings
 * like all others, and so are members of canonical JSON, elements and attributes of canonical XML that the reference model
 * does not have.
 * @param source as `readCompositionIn` takes it
 * @throws Problem when the document is none of its format at all: not XML, not one object, too large
 */
export function validateDocument(
  format: CompositionFormat,
  source: unknown,
  template: Template,
  settings: CompositionSettings,
): readonly DocumentFinding[] {
  let composition: RmObject;
  let xml: XmlElement | undefined;
  try {
    composition = readCompositionIn(format, source, template, settings, {
      onRead: (root) => {
        xml = root;
      },
    });
  } catch (error) {
    if (!(error instanceof Problem) || !isAboutContent(error)) throw error;
    return findingsOf(error);
  }
  const findings = new ValidationFindings();
  if (format === "canonical") reportUnknownMembers(source, composition, findings);
  if (xml !== undefined) reportUnknownElements(xml, composition, findings);
  return [...findings.all, ...validateComposition(composition, template)];
}

function isAboutContent({ place, kind }: Problem): boolean {
  return place.path !== undefined && (kind.category === "invalid" || kind.category === "unprocessable");
}

/** Many a list of further problems begins with the one it hangs on. */
function findingsOf(problem: Problem): readonly DocumentFinding[] {
  const byLine = new Map([problem, ...problem.others].map((one) => [one.toLine(), one]));
  return [...byLine.values()].map(findingOf);
}

function findingOf({ place, message, code }: Problem): DocumentFinding {
  const { path = "", valueType } = place;
  return { path, rule: `format:${code}`, message, ...(valueType !== undefined && { found: valueType }) };
}
