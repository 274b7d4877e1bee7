import { Problem } from "../../errors/problem.js";
import type { XmlElement } from "../xml/xml-element.js";
import { TemplateTerms } from "./archetype-terms.js";
import { buildConstraintTree } from "./constraint-tree.js";
import { finishNode } from "./node-in-progress.js";
import { readAnnotations, readDefaultValues } from "./path-tables.js";
import { TEMPLATE_INCOMPLETE } from "./problems.js";
import { DEFAULT_TEMPLATE_LIMITS, readTemplateXml, type TemplateLimits } from "./read-template-xml.js";
import type { Template } from "./template.js";

/** Where a template came from, for messages, and how much of it is read. */
export interface TemplateSource {
  readonly file?: string;
  readonly limits?: Partial<TemplateLimits>;
}

/**
 * Reads an operational template 1.4 (openehr-formats 2) and builds its raw tree (openehr-formats 4). The result is
 * immutable and may be shared.
 * @param xml the document as text; a byte order mark is tolerated
 * @throws Problem `TEMPLATE_NOT_XML`, `TEMPLATE_HAS_DOCTYPE`, `TEMPLATE_NOT_OPT`, `TEMPLATE_TOO_LARGE`,
 *   `TEMPLATE_INCOMPLETE`, `TEMPLATE_TERM_MISSING`, `TEMPLATE_NAME_UNUSABLE` or `TEMPLATE_REFERENCE_CIRCULAR`, with line
 *   and column where there is one
 */
export function parseOperationalTemplate(xml: string, source: TemplateSource = {}): Template {
  const { file } = source;
  const document = readTemplateXml(xml, file, { ...DEFAULT_TEMPLATE_LIMITS, ...source.limits });
  const incomplete = (message: string) =>
    new Problem(TEMPLATE_INCOMPLETE, message, { position: document.position(file) });
  const templateId = document.textAt("template_id", "value");
  if (templateId === undefined) throw incomplete("The template has no template_id.");
  const defaultLanguage = document.textAt("language", "code_string");
  if (defaultLanguage === undefined) throw incomplete(`The template ${templateId} has no language.`);
  const definition = document.child("definition");
  if (definition === undefined) throw incomplete(`The template ${templateId} has no definition.`);
  const languages = languagesOf(document, defaultLanguage);
  const root = buildConstraintTree(definition, {
    file,
    defaultLanguage,
    languages,
    terms: new TemplateTerms(document, defaultLanguage),
    annotations: readAnnotations(document),
    defaultValues: readDefaultValues(document),
  });
  return Object.freeze({
    templateId,
    concept: document.textAt("concept") ?? templateId,
    defaultLanguage,
    languages: Object.freeze(languages),
    root: finishNode(root),
  });
}

function languagesOf(template: XmlElement, defaultLanguage: string): readonly string[] {
  const described = template
    .childrenNamed("description")
    .flatMap((description) => description.childrenNamed("details"))
    .flatMap((details) => details.textAt("language", "code_string") ?? []);
  return [...new Set([defaultLanguage, ...described])];
}
