import { readFile } from "node:fs/promises";
import { Problem } from "../errors/problem.js";
import { type BootstrapFile, listBootstrapFiles } from "./bootstrap-files.js";
import type { ConfigurationStore } from "./configuration-store.js";
import { type TakenMapping, takeMapping, takeTemplate } from "./intake.js";
import { refuseMissingModels } from "./missing-models.js";
import type { NewMapping, NewTemplate, StoredMapping } from "./stored.js";

export interface BootstrapOptions {
  readonly directories: readonly string[];
  readonly recursively: boolean;
  /** Told about what was not loaded, and why, with the place in the file. */
  readonly warn: (message: string) => void;
}

/** What a bootstrap has done to the store. */
export interface BootstrapSummary {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
}

type Outcome = keyof BootstrapSummary;

/**
 * Loads the templates and mapping files of the directories into the store (rest-api 11.4): what is there with the same
 * text is left alone, so that a second start writes nothing; what has changed is replaced under its id. Models come before
 * the contexts that name them, whatever the files are called. A file that cannot be loaded is reported and does not stop
 * the others; a failure of the store stops the bootstrap and rejects.
 */
export async function bootstrap(
  store: ConfigurationStore,
  tenant: string,
  { directories, recursively, warn }: BootstrapOptions,
): Promise<BootstrapSummary> {
  const files: BootstrapFile[] = [];
  for (const directory of directories) {
    try {
      files.push(...(await listBootstrapFiles(directory, recursively)));
    } catch (error) {
      warn(`The bootstrap directory ${directory} cannot be read (${codeOf(error)}).`);
    }
  }
  const count = { created: 0, updated: 0, unchanged: 0, failed: 0 };
  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!concernsTheFile(error)) throw error;
      count.failed++;
      for (const line of linesOf(error)) warn(`${path} is not loaded. ${line}`);
      return undefined;
    }
  };
  const countOutcome = (outcome: Outcome | undefined): void => {
    if (outcome !== undefined) count[outcome]++;
  };

  const mappings: ReadMappingFile[] = [];
  for (const { path, kind } of files) {
    switch (kind) {
      case "template":
        countOutcome(await attempt(path, async () => storeTemplate(store, tenant, await readTemplateFile(path))));
        break;
      case "mapping": {
        const taken = await attempt(path, async () => takeMapping(await readFile(path, "utf8"), everyKind, path));
        if (taken !== undefined) mappings.push({ path, taken });
        break;
      }
      case "other":
        warn(`${path} is not loaded: only .opt, .yml and .yaml files are.`);
        break;
    }
  }
  const stored = new Map((await store.mappings.list(tenant, everyKind)).map((one) => [keyOf(one), one]));
  for (const kind of everyKind) {
    for (const { path, taken } of mappings.filter((one) => one.taken.mapping.type === kind)) {
      countOutcome(await attempt(path, () => storeMapping(store, tenant, taken, stored)));
    }
  }
  return count;
}

interface ReadMappingFile {
  readonly path: string;
  readonly taken: TakenMapping;
}

async function readTemplateFile(path: string): Promise<NewTemplate> {
  return takeTemplate(await readFile(path, "utf8"), path);
}

/** In the order in which they are stored: what is named before what names it. */
const everyKind = ["model", "extension", "context"] as const;

async function storeTemplate(store: ConfigurationStore, tenant: string, template: NewTemplate): Promise<Outcome> {
  const stored = await store.templates.find(tenant, template.templateId);
  if (stored?.content === template.content) return "unchanged";
  const replaced = stored === undefined ? undefined : await store.templates.replace(tenant, stored.id, template);
  if (replaced !== undefined) return "updated";
  await store.templates.create(tenant, template);
  return "created";
}

async function storeMapping(
  store: ConfigurationStore,
  tenant: string,
  { mapping: file, toStore: mapping }: TakenMapping,
  storedByKey: Map<string, StoredMapping>,
): Promise<Outcome> {
  const key = keyOf(mapping);
  const stored = storedByKey.get(key);
  if (stored?.content === mapping.content && stored.kind === mapping.kind) return "unchanged";
  if (file.type === "context") refuseMissingModels(file, [...storedByKey.values()]);
  const replaced = stored === undefined ? undefined : await store.mappings.replace(tenant, stored.id, mapping);
  const written = replaced ?? (await store.mappings.create(tenant, mapping));
  storedByKey.set(key, written.stored);
  return replaced === undefined ? "created" : "updated";
}

/** Models and extensions share one space of names, contexts are found by their template (rest-api 2, create collision). */
function keyOf(mapping: NewMapping): string {
  return mapping.kind === "context" ? `context ${mapping.normalisedTemplateId ?? ""}` : `name ${mapping.name}`;
}

/** Whether a failure says something about one file, so that the others can still be loaded. */
function concernsTheFile(error: unknown): error is Error {
  if (error instanceof Problem) {
    return !["busy", "unavailable", "fault"].includes(error.kind.category);
  }
  return error instanceof Error && "code" in error && "path" in error;
}

function linesOf(error: Error): readonly string[] {
  if (!(error instanceof Problem)) return [`It cannot be read (${codeOf(error)}).`];
  return [...new Set([error, ...error.others].map((problem) => problem.toLine()))];
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
