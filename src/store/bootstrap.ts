import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Problem } from "../errors/problem.js";
import { formatPosition } from "../errors/source-position.js";
import { type BootstrapFile, listBootstrapDirectories } from "./bootstrap-files.js";
import { type BootstrapRecord, type BootstrapStore, entityTypeOf } from "./bootstrap-ledger.js";
import type { CheckedMapping } from "./intake.js";
import type { MissingModelsPolicy } from "./missing-models-policy.js";
import { findMissingModelsAside, takeMappingAside } from "./reading-worker/read-mapping-aside.js";
import type { LoadedFile, NewMapping, NewTemplate, StoredMapping } from "./stored.js";
import { takeTemplateAside } from "./take-template-aside.js";

export interface BootstrapOptions {
  readonly directories: readonly string[];
  readonly recursively: boolean;
  /** What becomes of a context whose models are neither stored nor among the files. */
  readonly missingModels: MissingModelsPolicy;
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
 * Loads the templates and mapping files of the directories into the store (rest-api 11.4). The ledger decides by the hash of
 * a file: what is new is loaded, what has changed is replaced under the id of what it had become, and what has not is left
 * alone even when that was changed or deleted since, so that a second start writes nothing. Models come before the contexts
 * that name them, whatever the files are called. A file that cannot be loaded is reported and does not stop the others, one
 * that is gone is reported and what it loaded stays; a failure of the store stops the bootstrap and rejects.
 */
export async function bootstrap(
  store: BootstrapStore,
  tenant: string,
  { directories, recursively, missingModels, warn }: BootstrapOptions,
): Promise<BootstrapSummary> {
  const { files, complete } = await listBootstrapDirectories(directories, recursively, warn);
  const ledger = new Map((await store.bootstrapFiles.list(tenant)).map((record) => [record.path, record]));
  if (complete) warnAboutRemoved(files, ledger, warn);

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

  const mappings: ChangedMapping[] = [];
  for (const { path, ledgerPath, kind } of files) {
    if (kind === "other") {
      warn(`${path} is not loaded: only .opt, .yml and .yaml files are.`);
      continue;
    }
    const bytes = await attempt(path, () => readFile(path));
    if (bytes === undefined) continue;
    const loaded = { path: ledgerPath, contentHash: createHash("sha256").update(bytes).digest("hex") };
    const before = ledger.get(ledgerPath);
    if (before?.contentHash === loaded.contentHash) {
      count.unchanged++;
    } else if (kind === "template") {
      const storing = async () =>
        storeTemplate(store, tenant, await takeTemplateAside(bytes.toString("utf8"), path), loaded, before);
      countOutcome(await attempt(path, storing));
    } else {
      const taken = await attempt(path, () => takeMappingAside(bytes.toString("utf8"), everyKind, path));
      if (taken !== undefined) mappings.push({ path, taken, loaded, before });
    }
  }
  if (mappings.length === 0) return count;
  const stored = new StoredMappings(await store.mappings.list(tenant, everyKind));
  for (const kind of everyKind) {
    for (const changed of mappings.filter((one) => one.taken.toStore.kind === kind)) {
      const lookAtNames = async ({ toStore: { content }, names }: CheckedMapping): Promise<void> => {
        const listed = new Set(names);
        const files = stored.all().filter((one) => one.kind !== "context" && listed.has(one.name));
        const check = { context: content, file: changed.path, stored: files, policy: missingModels };
        for (const { message, position } of await findMissingModelsAside(check)) {
          const place = position === undefined ? changed.path : formatPosition(position);
          warn(`${place}: ${message}`);
        }
      };
      countOutcome(await attempt(changed.path, () => storeMapping(store, tenant, changed, stored, lookAtNames)));
    }
  }
  return count;
}

/** A mapping file that is new or has changed. */
interface ChangedMapping {
  readonly path: string;
  readonly taken: CheckedMapping;
  readonly loaded: LoadedFile;
  readonly before: BootstrapRecord | undefined;
}

/** In the order in which they are stored: what is named before what names it. */
const everyKind = ["model", "extension", "context"] as const;

async function storeTemplate(
  store: BootstrapStore,
  tenant: string,
  template: NewTemplate,
  loaded: LoadedFile,
  before: BootstrapRecord | undefined,
): Promise<Outcome> {
  const loadedBefore = before?.entity.type === "OPT" ? await store.templates.get(tenant, before.entity.id) : undefined;
  const stored = loadedBefore ?? (await store.templates.find(tenant, template.templateId));
  if (stored?.content === template.content) {
    await store.bootstrapFiles.record(tenant, loaded, { id: stored.id, type: "OPT" });
    return "unchanged";
  }
  const replaced = stored && (await store.templates.replace(tenant, stored.id, template, loaded));
  if (replaced !== undefined) return "updated";
  await store.templates.create(tenant, template, loaded);
  return "created";
}

async function storeMapping(
  store: BootstrapStore,
  tenant: string,
  { taken, loaded, before }: ChangedMapping,
  storedMappings: StoredMappings,
  lookAtNames: (context: CheckedMapping) => Promise<void>,
): Promise<Outcome> {
  const mapping = taken.toStore;
  const stored = storedMappings.whatBecomes(mapping, before?.entity.id);
  if (stored?.content === mapping.content && stored.kind === mapping.kind) {
    await store.bootstrapFiles.record(tenant, loaded, { id: stored.id, type: entityTypeOf(stored.kind) });
    return "unchanged";
  }
  if (mapping.kind === "context") await lookAtNames(taken);
  // A file cannot say how it is to be read; what an upload has said of this context stays said.
  const semantics = stored?.semantics === undefined ? {} : { semantics: stored.semantics };
  const replacing = { ...mapping, ...semantics };
  const replaced = stored && (await store.mappings.replace(tenant, stored.id, replacing, loaded));
  const written = replaced ?? (await store.mappings.create(tenant, mapping, loaded));
  storedMappings.put(written.stored);
  return replaced === undefined ? "created" : "updated";
}

/** The mappings of the tenant as they are while files are stored. */
class StoredMappings {
  readonly #byId: Map<string, StoredMapping>;

  constructor(stored: readonly StoredMapping[]) {
    this.#byId = new Map(stored.map((one) => [one.id, one]));
  }

  /** What a file replaces: what it became when it was loaded before, also under another name, else what has its key. */
  whatBecomes(mapping: NewMapping, idBefore: string | undefined): StoredMapping | undefined {
    const before = idBefore === undefined ? undefined : this.#byId.get(idBefore);
    // A row that holds a context cannot come to hold a model.
    if (before !== undefined && entityTypeOf(before.kind) === entityTypeOf(mapping.kind)) return before;
    const key = keyOf(mapping);
    return this.all().find((one) => keyOf(one) === key);
  }

  put(stored: StoredMapping): void {
    this.#byId.set(stored.id, stored);
  }

  all(): readonly StoredMapping[] {
    return [...this.#byId.values()];
  }
}

/** Models and extensions share one space of names, contexts are found by their template (rest-api 2, create collision). */
function keyOf(mapping: NewMapping): string {
  return mapping.kind === "context" ? `context ${mapping.normalisedTemplateId ?? ""}` : `name ${mapping.name}`;
}

function warnAboutRemoved(
  files: readonly BootstrapFile[],
  ledger: ReadonlyMap<string, BootstrapRecord>,
  warn: (message: string) => void,
): void {
  const present = new Set(files.map((file) => file.ledgerPath));
  for (const path of ledger.keys()) {
    if (!present.has(path)) warn(`${path} is no longer in the bootstrap directories; what it loaded stays.`);
  }
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

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "unknown error";
}
