import { Problem, type ProblemPlace } from "../errors/problem.js";
import type { SourcePosition } from "../errors/source-position.js";
import { mappingProblem } from "../fhirconnect/syntax/problems.js";
import { readMapping } from "../fhirconnect/syntax/read-mapping.js";
import type { MappingFile } from "../fhirconnect/syntax/tree.js";
import { INTAKE_CONTROL_CHARACTER, INTAKE_EMPTY, INTAKE_NO_MAPPING, INTAKE_WRONG_TYPE } from "./intake-problems.js";
import { type NewMapping, type NewTemplate, normaliseTemplateId, type StoredMappingKind } from "./stored.js";

/** Throws a Problem when there is no text. */
export function refuseBlankTemplate(content: string, file: string | undefined): void {
  if (isBlank(content)) throw new Problem(INTAKE_EMPTY, "The operational template is empty.", startOf(file));
}

/** What is to be stored of a template with that id, which is no template's when it holds control characters. */
export function newTemplate(templateId: string, content: string, file: string | undefined): NewTemplate {
  refuseControlCharacters("template id", templateId, startOf(file));
  return { templateId: normaliseTemplateId(templateId), originalTemplateId: templateId, content };
}

/** A mapping file that may be stored, together with what it says. */
export interface TakenMapping {
  readonly toStore: NewMapping;
  readonly mapping: MappingFile;
}

/** A mapping file that may be stored, and the names of models and extensions that it lists when it is a context. */
export interface CheckedMapping {
  readonly toStore: NewMapping;
  readonly names: readonly string[];
}

export function checkedMapping({ toStore, mapping }: TakenMapping): CheckedMapping {
  const names = mapping.type === "context" ? [...mapping.archetypes, ...mapping.extensions] : [];
  return { toStore, names: names.map((name) => name.value) };
}

/**
 * Checks an uploaded FHIR Connect file (rest-api 10, fhirconnect-language 2) and gives what is to be stored. Throws a
 * Problem that carries every error found when the file is not valid, or is none of the kinds that the caller takes.
 */
export function takeMapping(content: string, kinds: readonly StoredMappingKind[], file?: string): TakenMapping {
  if (isBlank(content)) throw new Problem(INTAKE_EMPTY, "The mapping file is empty.", startOf(file));
  const nul = content.indexOf("\u0000");
  if (nul !== -1) {
    const line = content.slice(0, nul).split("\n").length;
    throw new Problem(INTAKE_CONTROL_CHARACTER, `Line ${line} holds a NUL character.`, startOf(file, line));
  }
  const { mapping, diagnostics } = readMapping(content, file === undefined ? {} : { file });
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (mapping !== undefined && !kinds.includes(mapping.type)) throw wrongType(mapping, kinds);
  if (errors.length > 0) throw mappingProblem(errors);
  if (mapping === undefined) {
    throw new Problem(INTAKE_NO_MAPPING, "The file holds no FHIR Connect mapping.", startOf(file));
  }
  refuseControlCharacters("metadata.name", mapping.name.value, { position: mapping.name.position });
  return { mapping, toStore: newMapping(mapping, content) };
}

function newMapping(mapping: MappingFile, content: string): NewMapping {
  const named = { kind: mapping.type, name: mapping.name.value, content } as const;
  if (mapping.type !== "context") return named;
  const templateId = mapping.templateId.value;
  refuseControlCharacters("context.template.id", templateId, { position: mapping.templateId.position });
  return { ...named, templateId, normalisedTemplateId: normaliseTemplateId(templateId) };
}

function wrongType(mapping: MappingFile, kinds: readonly StoredMappingKind[]): Problem {
  return new Problem(
    INTAKE_WRONG_TYPE,
    `The file "${mapping.name.value}" is of type ${mapping.type}; ${kinds.join(" or ")} was expected here.`,
    { position: mapping.position, mapping: mapping.name.value, path: "type" },
  );
}

/** Names are keys in the database, which holds no NUL, and stand in log lines, which a line break would split. */
function refuseControlCharacters(what: string, value: string, place: ProblemPlace): void {
  for (const character of value) {
    if ((character.codePointAt(0) ?? 0) < 0x20) {
      throw new Problem(INTAKE_CONTROL_CHARACTER, `The ${what} holds a control character.`, { ...place, path: what });
    }
  }
}

function isBlank(content: string): boolean {
  return !/[^\s\ufeff]/.test(content);
}

function startOf(file: string | undefined, line = 1): { readonly position: SourcePosition } {
  const place = { line, column: 1 };
  return { position: file === undefined ? place : { file, ...place } };
}
