import type { SemanticsSetting } from "../../src/fhirconnect/dialect/semantics-setting.js";
import type {
  ConfigurationSnapshot,
  ConfigurationStore,
  MappingRepository,
  SnapshotOmissions,
  TemplateRepository,
} from "../../src/store/configuration-store.js";
import { takeMapping } from "../../src/store/intake.js";
import type { AggregateKind } from "../../src/store/schema.js";
import { normaliseTemplateId, type Revision, type StoredMapping } from "../../src/store/stored.js";
import { MemoryConfigurationStore } from "../http/memory-configuration-store.js";

/** A row of the invalidation log. */
export interface Logged {
  readonly position: number;
  readonly tenant: string;
  readonly kind: AggregateKind;
  readonly key: string;
}

export type Read = "template" | "mappings" | "contexts";

/** A store in memory that writes a log, as the one in Postgres does, and says what is read of it. */
export class CountingStore implements ConfigurationStore {
  readonly #rows = new MemoryConfigurationStore();
  readonly #log: Logged[] = [];
  #reads: Read[] = [];
  #holding: Promise<void> | undefined;
  readonly templates: TemplateRepository = this.#rows.templates;
  readonly mappings: MappingRepository = {
    ...this.#rows.mappings,
    list: async (tenant, kinds) => {
      this.#reads.push("contexts");
      return this.#handOver(await this.#rows.mappings.list(tenant, kinds));
    },
  };

  async snapshot(
    tenant: string,
    templateId: string,
    omissions: SnapshotOmissions = {},
  ): Promise<ConfigurationSnapshot> {
    const { templateKnownAt, withoutMappings } = omissions;
    const { revision, template, mappings } = await this.#rows.snapshot(tenant, templateId);
    const unchanged = templateKnownAt !== undefined && this.#isUnchanged(tenant, templateId, templateKnownAt);
    if (!unchanged) this.#reads.push("template");
    if (withoutMappings !== true) this.#reads.push("mappings");
    return this.#handOver({
      revision,
      template: unchanged ? undefined : template,
      ...(unchanged && { templateUnchanged: true as const }),
      mappings: withoutMappings === true ? [] : mappings,
    });
  }

  /** Stores or replaces; gives what the write adds to the log. */
  async putTemplate(tenant: string, templateId: string, content: string): Promise<readonly Logged[]> {
    const key = normaliseTemplateId(templateId);
    const template = { templateId: key, originalTemplateId: templateId, content };
    const before = await this.templates.find(tenant, key);
    const written =
      before === undefined
        ? await this.templates.create(tenant, template)
        : await this.templates.replace(tenant, before.id, template);
    return this.#logged(tenant, "template", key, written?.revision);
  }

  async deleteTemplate(tenant: string, templateId: string): Promise<readonly Logged[]> {
    const key = normaliseTemplateId(templateId);
    const before = await this.templates.find(tenant, key);
    return this.#logged(tenant, "template", key, await this.templates.delete(tenant, before?.id ?? ""));
  }

  async putMapping(tenant: string, text: string, semantics?: SemanticsSetting): Promise<readonly Logged[]> {
    const taken = takeMapping(text, ["model", "extension", "context"]).toStore;
    const toStore = semantics === undefined ? taken : { ...taken, semantics };
    const { kind, name, normalisedTemplateId } = toStore;
    const before = await this.#mappingCalled(tenant, name);
    const written =
      before === undefined
        ? await this.mappings.create(tenant, toStore)
        : await this.mappings.replace(tenant, before.id, toStore);
    return this.#logged(tenant, kind, normalisedTemplateId ?? name, written?.revision);
  }

  /** Deletes a model or an extension. */
  async deleteMapping(tenant: string, name: string): Promise<readonly Logged[]> {
    const before = await this.#mappingCalled(tenant, name);
    if (before === undefined) throw new Error(`there is no "${name}"`);
    return this.#logged(tenant, before.kind, name, await this.mappings.delete(tenant, [before.kind], before.id));
  }

  async #mappingCalled(tenant: string, name: string): Promise<StoredMapping | undefined> {
    const stored = await this.#rows.mappings.list(tenant, ["model", "extension", "context"]);
    return stored.find((one) => one.name === name);
  }

  async purgeAll(tenant: string): Promise<readonly Logged[]> {
    return this.#logged(tenant, "tenant", "", await this.purge(tenant));
  }

  purge(tenant: string): Promise<Revision> {
    return this.#rows.purge(tenant);
  }

  /** What was read since this was last asked, sorted. */
  reads(): readonly Read[] {
    const reads = this.#reads.sort();
    this.#reads = [];
    return reads;
  }

  /** From now on every read sees what is stored when it is asked, but answers only when it is let go. */
  hold(): () => void {
    let letGo: () => void = () => {};
    this.#holding = new Promise((resolve) => {
      letGo = resolve;
    });
    return () => {
      this.#holding = undefined;
      letGo();
    };
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}

  async #handOver<T>(value: T): Promise<T> {
    await this.#holding;
    return value;
  }

  #isUnchanged(tenant: string, templateId: string, knownAt: Revision): boolean {
    return !this.#log.some(
      ({ position, tenant: owner, kind, key }) =>
        position > knownAt.position &&
        owner === tenant &&
        (kind === "tenant" || (kind === "template" && key === templateId)),
    );
  }

  #logged(tenant: string, kind: AggregateKind, key: string, revision: Revision | undefined): readonly Logged[] {
    if (revision === undefined) throw new Error("nothing was written");
    const entry = { position: revision.position, tenant, kind, key };
    this.#log.push(entry);
    return [entry];
  }
}
