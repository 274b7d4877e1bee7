import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseExactJson } from "../../../src/openehr/json/read-json.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../src/openehr/template/template.js";

const shared = fileURLToPath(new URL("../../../../shared/", import.meta.url));

/** Folder of operational templates and reference output; tests that need it are skipped where it is missing. */
export const corpusFolder = join(shared, "corpus/openehr-sdk");
export const conformanceFolder = join(shared, "conformance/openfhir");
export const hasCorpus = existsSync(corpusFolder) && existsSync(conformanceFolder);

export function readCorpusTemplate(file: string): string {
  return readFileSync(join(corpusFolder, "opt", file), "utf8");
}

export function corpusTemplate(file: string): Template {
  return parseOperationalTemplate(readCorpusTemplate(file), { file });
}

/** Ids of the cases of a kind, for example `wt-`. */
export function corpusCases(prefix: string): readonly string[] {
  if (!hasCorpus) return [];
  return readdirSync(join(corpusFolder, "cases")).filter((id) => id.startsWith(prefix));
}

/** A file of a case as parsed JSON, undefined when the case does not have it. */
export function readCaseFile(id: string, file: string): unknown {
  const path = join(corpusFolder, "cases", id, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** The same with the digits of its numbers, for what is compared by text. */
export function readExactCaseFile(id: string, file: string): unknown {
  const path = join(corpusFolder, "cases", id, file);
  return existsSync(path) ? parseExactJson(readFileSync(path, "utf8")) : undefined;
}

/** A document with its numbers as doubles, for what is compared by value. */
export function byValue(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document));
}

/** The template a case belongs to. */
export function caseTemplate(id: string): Template {
  const { opt } = readCaseFile(id, "case.json") as { opt: string };
  return parseOperationalTemplate(readFileSync(join(corpusFolder, opt), "utf8"), { file: opt });
}
