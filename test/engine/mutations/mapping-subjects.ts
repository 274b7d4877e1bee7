import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileMapper, type Mapper, type MapperSource } from "../../../src/engine/mapper.js";
import { Problem } from "../../../src/errors/problem.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import type { ExtensionMapping, ModelMapping } from "../../../src/fhirconnect/syntax/tree.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { corpusFolder, hasCorpus } from "../../conformance/corpus.js";
import { readManifest } from "../../conformance/manifest.js";
import { selectedMappingFiles } from "../../conformance/mapping-set.js";
import { corpusSettings } from "../fixtures/published-mapper.js";
import { readFile } from "../fixtures/ward-mapper.js";

/** Template, context and mapping files as texts, so that a test can change them before they are compiled. */
export interface MappingTexts {
  readonly name: string;
  readonly template: { readonly file: string; readonly text: string };
  readonly context: { readonly file: string; readonly text: string };
  readonly mappings: readonly { readonly file: string; readonly text: string }[];
}

export type SubjectDirection = "tofhir" | "toopenehr";

/** One input with the mapping it goes through. */
export interface Subject {
  readonly id: string;
  readonly direction: SubjectDirection;
  readonly texts: MappingTexts;
  readonly mapper: Mapper;
  /** The input anew on every call, free to be changed. */
  readonly input: () => JsonValue;
}

/** What became of an input: a result, or the problem that was reported. Anything else a mapper throws is passed on. */
export type Outcome = { readonly result: JsonObject } | { readonly problem: string };

const projectFolder = join(import.meta.dirname, "..", "..", "..");

/** Compiles texts; throws as `compileMapper` does. */
export function compileTexts(texts: MappingTexts): Mapper {
  return compileMapper(sourceOf(texts));
}

export function sourceOf(texts: MappingTexts): MapperSource {
  const context = readFile(texts.context.text, texts.context.file);
  if (context.type !== "context") throw new Error(`${texts.context.file} is no context`);
  const mappings = texts.mappings
    .map(({ file, text }) => readFile(text, file))
    .filter((mapping): mapping is ModelMapping | ExtensionMapping => mapping.type !== "context");
  return { template: parseOperationalTemplate(texts.template.text, { file: texts.template.file }), context, mappings };
}

/** Every input of the project's own examples and of the conformance corpus, when it is there, both directions. */
export function allSubjects(): readonly Subject[] {
  return [...ownSubjects(), ...(hasCorpus ? corpusSubjects() : [])];
}

/** The inputs of the KDS modules: what the round trips go over. */
export function kdsSubjects(): readonly Subject[] {
  return hasCorpus ? corpusSubjects().filter(({ id }) => id.startsWith("kds.")) : [];
}

let ownOnes: readonly Subject[] | undefined;
let corpusOnes: readonly Subject[] | undefined;

function ownSubjects(): readonly Subject[] {
  ownOnes ??= readOwnSubjects();
  return ownOnes;
}

function corpusSubjects(): readonly Subject[] {
  corpusOnes ??= readCorpusSubjects();
  return corpusOnes;
}

function readOwnSubjects(): readonly Subject[] {
  const folder = join(projectFolder, "mappings", "vital_signs");
  const files = readdirSync(folder).toSorted();
  const textOf = (file: string) => ({ file, text: readFileSync(join(folder, file), "utf8") });
  const texts: MappingTexts = {
    name: "vital_signs",
    template: {
      file: "vital_signs.opt",
      text: readFileSync(join(projectFolder, "templates", "vital_signs.opt"), "utf8"),
    },
    context: textOf("vital_signs.context.yml"),
    mappings: files.filter((file) => file.endsWith(".model.yml")).map(textOf),
  };
  const mapper = compileTexts(texts);
  const subject = (direction: SubjectDirection, file: string): Subject => {
    const text = readFileSync(join(projectFolder, "test", "examples", "vital-signs", file), "utf8");
    return { id: `vital-signs.${file}`, direction, texts, mapper, input: () => JSON.parse(text) as JsonValue };
  };
  return [
    subject("tofhir", "composition.json"),
    subject("tofhir", "composition.flat.json"),
    subject("toopenehr", "bundle.json"),
  ];
}

function readCorpusSubjects(): readonly Subject[] {
  const manifest = readManifest(corpusFolder);
  const read = (file: string) => ({ file, text: readFileSync(join(corpusFolder, file), "utf8") });
  const compiled = new Map<string, { texts: MappingTexts; mapper: Mapper }>();
  const seen = new Set<string>();
  const subjects: Subject[] = [];
  for (const { id, direction, template, context, input, upstream, scenario } of manifest.cases) {
    if (template === null || context === null || upstream.status !== "active") continue;
    const to = direction === "tofhir" ? "tofhir" : direction.startsWith("toopenehr") ? "toopenehr" : undefined;
    if (to === undefined || seen.has(`${to} ${context} ${input}`)) continue;
    seen.add(`${to} ${context} ${input}`);
    let known = compiled.get(`${template} ${context}`);
    if (known === undefined) {
      const texts: MappingTexts = {
        name: scenario,
        template: read(template),
        context: read(context),
        mappings: selectedMappingFiles(manifest, [context]).map(read),
      };
      known = { texts, mapper: compileTexts(texts) };
      compiled.set(`${template} ${context}`, known);
    }
    const { text } = read(input);
    subjects.push({ id, direction: to, ...known, input: () => JSON.parse(text) as JsonValue });
  }
  return subjects;
}

/** Maps an input and lets nothing but a Problem count as a report. */
export function outcomeOf(mapper: Mapper, direction: SubjectDirection, input: JsonValue): Outcome {
  try {
    return { result: runOnce(mapper, direction, input) };
  } catch (error) {
    if (error instanceof Problem) return { problem: `${error.code} ${error.place.path ?? ""}` };
    throw error;
  }
}

/** Maps an input; throws as the mapper does. */
export function runOnce(mapper: Mapper, direction: SubjectDirection, input: JsonValue): JsonObject {
  if (direction === "tofhir") return mapper.toFhir(mapper.readComposition(input, corpusSettings), corpusSettings);
  return mapper.toOpenEhr(input as JsonObject, corpusSettings).composition() as JsonObject;
}
