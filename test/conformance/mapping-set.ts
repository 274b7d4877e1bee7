import type { ConformanceCase, Manifest } from "./manifest.js";

/** Cases that need the same templates and mapping files, which are therefore uploaded once. */
export interface MappingSet {
  readonly templates: readonly string[];
  readonly contexts: readonly string[];
  readonly cases: readonly ConformanceCase[];
}

/** Groups cases by their templates and contexts, in the order in which the manifest first names them. */
export function groupByMappingSet(cases: readonly ConformanceCase[]): MappingSet[] {
  const groups = new Map<string, { templates: string[]; contexts: string[]; cases: ConformanceCase[] }>();
  for (const conformanceCase of cases) {
    const pairs = loadedPairs(conformanceCase);
    const templates = [...new Set(pairs.map(({ template }) => template))];
    const contexts = [...new Set(pairs.map(({ context }) => context))];
    const key = JSON.stringify([templates, contexts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { templates, contexts, cases: [conformanceCase] });
    else group.cases.push(conformanceCase);
  }
  return [...groups.values()];
}

function loadedPairs(conformanceCase: ConformanceCase): readonly { template: string; context: string }[] {
  const { contexts, template, context } = conformanceCase;
  if (contexts !== undefined) return contexts;
  return template === null || context === null ? [] : [{ template, context }];
}

/**
 * The model and extension files that the names in the contexts select, models first, each once. A name that no file has
 * is left out, as the reference does. Throws when the manifest does not say what a context selects.
 */
export function selectedMappingFiles(manifest: Manifest, contexts: readonly string[]): string[] {
  const selections = contexts.map((context) => selectionOf(manifest, context));
  const models = selections.flatMap(({ archetypes }) => archetypes);
  const extensions = selections.flatMap((selection) => selection.extensions);
  const files = [...models, ...extensions].flatMap(({ file }) => (file === null ? [] : [file]));
  return [...new Set(files)];
}

/** `context.template.id` as the context writes it; throws when the manifest does not know the context. */
export function templateIdOf(manifest: Manifest, context: string): string {
  return selectionOf(manifest, context).templateId;
}

function selectionOf(manifest: Manifest, context: string) {
  const selection = manifest.mappingSets.find((candidate) => candidate.context === context);
  if (selection === undefined) throw new Error(`manifest.json has no mappingSets entry for ${context}`);
  return selection;
}
