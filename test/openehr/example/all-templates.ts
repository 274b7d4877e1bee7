import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isRmObject, type RmObject, type RmValue } from "../../../src/openehr/rm/rm-object.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../src/openehr/template/template.js";
import { conformanceFolder, corpusFolder, hasCorpus } from "../template/corpus.js";

/** Every operational template of the corpus and of the conformance scenarios, by a short name. */
export const allTemplates: ReadonlyMap<string, string> = new Map(
  hasCorpus ? [join(corpusFolder, "opt"), conformanceFolder].flatMap((folder) => templatesBelow(folder, folder)) : [],
);

function templatesBelow(folder: string, base: string): readonly (readonly [name: string, path: string])[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return templatesBelow(path, base);
    return entry.name.endsWith(".opt") ? [[relative(base, path), path] as const] : [];
  });
}

const parsed = new Map<string, Template>();

/** The template of that name, read once. */
export function templateNamed(name: string): Template {
  let template = parsed.get(name);
  if (template === undefined) {
    template = parseOperationalTemplate(readFileSync(allTemplates.get(name) ?? "", "utf8"), { file: name });
    parsed.set(name, template);
  }
  return template;
}

/** Every object of a tree, parents before children. */
export function* objectsOf(value: RmValue | undefined): Generator<RmObject, void, undefined> {
  if (Array.isArray(value)) {
    for (const item of value) yield* objectsOf(item);
  } else if (isRmObject(value)) {
    yield value;
    for (const member of Object.values(value)) yield* objectsOf(member);
  }
}
