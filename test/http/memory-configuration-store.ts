import { randomUUID } from "node:crypto";
import { Problem, problemKind } from "../../src/errors/problem.js";
import type {
  ConfigurationSnapshot,
  ConfigurationStore,
  MappingRepository,
  TemplateRepository,
} from "../../src/store/configuration-store.js";
import type { NewMapping, Revision, StoredMapping, StoredTemplate, Written } from "../../src/store/stored.js";

const TAKEN = problemKind("MEMORY_TAKEN", "conflict", "Replace it.");
const GONE = problemKind("MEMORY_GONE", "unavailable", "Try again.");

/** The contract of the configuration store kept in memory, for tests of what stands above the store. */
export class MemoryConfigurationStore implements ConfigurationStore {
  readonly #templates = new Map<string, StoredTemplate>();
  readonly #mappings = new Map<string, StoredMapping>();
  #position = 0;
  /** Every call fails as if the database were gone. */
  gone = false;
  /** How often a snapshot was read. */
  snapshots = 0;

  readonly templates: TemplateRepository = {
    list: async (tenant) => this.#allTemplates(tenant),
    get: async (tenant, id) => this.#allTemplates(tenant).find((one) => one.id === id),
    find: async (tenant, templateId) => this.#allTemplates(tenant).find((one) => one.templateId === templateId),
    create: async (tenant, template) => {
      const clash = this.#allTemplates(tenant).some((one) => one.templateId === template.templateId);
      if (clash) throw new Problem(TAKEN, "The template id is taken.");
      return this.#write(this.#templates, { ...template, ...this.#newRow(tenant) });
    },
    replace: async (tenant, id, template) => {
      const old = this.#allTemplates(tenant).find((one) => one.id === id);
      if (old === undefined) return undefined;
      const clash = this.#allTemplates(tenant).some((one) => one.id !== id && one.templateId === template.templateId);
      if (clash) throw new Problem(TAKEN, "The template id is taken.");
      return this.#write(this.#templates, { ...old, ...template, updated: old.updated + 1 });
    },
    delete: async (tenant, id) => {
      if (!this.#allTemplates(tenant).some((one) => one.id === id)) return undefined;
      this.#templates.delete(id);
      return this.#next();
    },
  };

  readonly mappings: MappingRepository = {
    list: async (tenant, kinds) => this.#allMappings(tenant).filter((one) => kinds.includes(one.kind)),
    get: async (tenant, kinds, id) =>
      this.#allMappings(tenant).find((one) => one.id === id && kinds.includes(one.kind)),
    create: async (tenant, mapping) => {
      if (this.#allMappings(tenant).some((one) => clashes(one, mapping))) throw new Problem(TAKEN, "The key is taken.");
      return this.#write(this.#mappings, { ...mapping, ...this.#newRow(tenant) });
    },
    replace: async (tenant, id, mapping) => {
      const old = this.#allMappings(tenant).find((one) => one.id === id);
      if (old === undefined) return undefined;
      const clash = this.#allMappings(tenant).some((one) => one.id !== id && clashes(one, mapping));
      if (clash) throw new Problem(TAKEN, "The key is taken.");
      const { id: kept, tenant: owner, created, updated } = old;
      return this.#write(this.#mappings, { ...mapping, id: kept, tenant: owner, created, updated: updated + 1 });
    },
    delete: async (tenant, kinds, id) => {
      const found = this.#allMappings(tenant).some((one) => one.id === id && kinds.includes(one.kind));
      if (!found) return undefined;
      this.#mappings.delete(id);
      return this.#next();
    },
  };

  async purge(tenant: string): Promise<Revision> {
    for (const { id } of this.#allTemplates(tenant)) this.#templates.delete(id);
    for (const { id } of this.#allMappings(tenant)) this.#mappings.delete(id);
    return this.#next();
  }

  async snapshot(tenant: string, templateId: string): Promise<ConfigurationSnapshot> {
    this.snapshots++;
    const template = this.#allTemplates(tenant).find((one) => one.templateId === templateId);
    return { revision: this.#revision(), template, mappings: this.#allMappings(tenant) };
  }

  async ping(): Promise<void> {
    this.#allTemplates("");
  }

  async close(): Promise<void> {}

  /** Everything that is stored, for comparing before and after. */
  contents(): unknown {
    return { templates: [...this.#templates.values()], mappings: [...this.#mappings.values()], at: this.#position };
  }

  #allTemplates(tenant: string): StoredTemplate[] {
    if (this.gone) throw new Problem(GONE, "The database does not answer.");
    return [...this.#templates.values()].filter((one) => one.tenant === tenant);
  }

  #allMappings(tenant: string): StoredMapping[] {
    if (this.gone) throw new Problem(GONE, "The database does not answer.");
    return [...this.#mappings.values()].filter((one) => one.tenant === tenant);
  }

  #newRow(tenant: string) {
    return { id: randomUUID(), tenant, created: 1_700_000_000_000, updated: 1_700_000_000_000 };
  }

  #write<Row extends { readonly id: string }>(rows: Map<string, Row>, stored: Row): Written<Row> {
    rows.set(stored.id, stored);
    return { stored, revision: this.#next() };
  }

  #next(): Revision {
    this.#position++;
    return this.#revision();
  }

  #revision(): Revision {
    return { epoch: "epoch", position: this.#position };
  }
}

function clashes(stored: StoredMapping, mapping: NewMapping): boolean {
  if (stored.kind === "context" || mapping.kind === "context") {
    return stored.kind === mapping.kind && stored.normalisedTemplateId === mapping.normalisedTemplateId;
  }
  return stored.name === mapping.name;
}
