/**
 * The openEHR library: templates, compositions in all their forms, validation and examples, and nothing of FHIR. See
 * docs/guide/openehr-library.md.
 */
export { Problem, type ProblemKind, type ProblemPlace } from "../errors/problem.js";
export { completeComposition } from "./building/complete-composition.js";
export { CompositionDraft } from "./building/composition-draft.js";
export type { CompositionSettings } from "./building/composition-settings.js";
export { draftFromComposition } from "./building/draft-from-composition.js";
export { type LeftOutReason, leftOutBecause, type OnLeftOut } from "./building/left-out.js";
export { type ExampleSettings, exampleComposition } from "./example/example-composition.js";
export { readCanonicalJson } from "./formats/canonical-json.js";
export { writeCanonicalJson } from "./formats/canonical-json-writer.js";
export { readCanonicalXml } from "./formats/canonical-xml/canonical-xml-reader.js";
export { writeCanonicalXml } from "./formats/canonical-xml/canonical-xml-writer.js";
export {
  type CompositionFormat,
  compositionFormats,
  readCompositionIn,
  writeCompositionIn,
} from "./formats/composition-format.js";
export { compositionToFlat } from "./formats/flat/composition-to-flat.js";
export { readFlat } from "./formats/flat/flat-reader.js";
export { writeFlat } from "./formats/flat/flat-writer.js";
export { compositionToStructured, readStructured } from "./formats/structured/structured.js";
export { type ExactNumber, exactNumber, NumberText } from "./json/number-text.js";
export { parseExactJson } from "./json/read-json.js";
export { writeJson } from "./json/write-json.js";
export { type AqlPath, formatAqlPath, parseAqlPath } from "./rm/aql-path.js";
export { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "./rm/rm-object.js";
export { parseOperationalTemplate, type TemplateSource } from "./template/parse-operational-template.js";
export type { Template, TemplateInput, TemplateNode } from "./template/template.js";
export { nodeAt } from "./template/template-paths.js";
export { type WebTemplate, type WebTemplateNode, webTemplateOf } from "./template/web-template.js";
export { webTemplateJson } from "./template/web-template-json.js";
export { readCompositionTelling } from "./validation/left-out-of-document.js";
export { checkTerminology, type TerminologyCheck } from "./validation/terminology-check.js";
export { type ValidationOptions, validateComposition } from "./validation/validate-composition.js";
export { type DocumentFinding, validateDocument } from "./validation/validate-document.js";
export { validateRmObject } from "./validation/validate-rm-object.js";
export type { ValidationFinding, ValidationRule } from "./validation/validation-finding.js";
