import type {
  LoadedFile,
  NewMapping,
  NewTemplate,
  Revision,
  StoredMapping,
  StoredMappingKind,
  StoredTemplate,
  Written,
} from "./stored.js";

/**
 * Everything a tenant has configured. All methods take the tenant first; a tenant never sees or touches another's rows.
 * Every write appends to the invalidation log in its own transaction and answers with the revision it got.
 */
export interface ConfigurationStore {
  readonly templates: TemplateRepository;
  readonly mappings: MappingRepository;
  /** Erases all templates and mappings of the tenant in one transaction. */
  purge(tenant: string): Promise<Revision>;
  /** Everything a compile for one template needs, read in one `REPEATABLE READ` snapshot together with the log position. */
  snapshot(tenant: string, normalisedTemplateId: string, omissions?: SnapshotOmissions): Promise<ConfigurationSnapshot>;
  /** Answers when the database answers; throws a Problem of category `unavailable` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What of a snapshot need not be read. A store may read it all the same. */
export interface SnapshotOmissions {
  /** The caller knows the template, or that there is none, as of this revision: it is read only if it may have changed. */
  readonly templateKnownAt?: Revision;
  readonly withoutMappings?: boolean;
}

export interface ConfigurationSnapshot {
  readonly revision: Revision;
  /** The template, when the tenant has it and {@link ConfigurationSnapshot.templateUnchanged} is not set. */
  readonly template: StoredTemplate | undefined;
  /** Set when the template was not read because the log, in the same snapshot, proves that it is as the caller knows it. */
  readonly templateUnchanged?: true;
  /** All models, extensions and contexts of the tenant, in order of creation. */
  readonly mappings: readonly StoredMapping[];
}

export interface TemplateRepository {
  list(tenant: string): Promise<Omit<StoredTemplate, "content">[]>;
  get(tenant: string, id: string): Promise<StoredTemplate | undefined>;
  /** By normalised template id. */
  find(tenant: string, templateId: string): Promise<StoredTemplate | undefined>;
  /** Throws a Problem of category `conflict` when the template id is taken. What comes from a file is recorded as such. */
  create(tenant: string, template: NewTemplate, from?: LoadedFile): Promise<Written<StoredTemplate>>;
  /** Replaces the row with that id; undefined when the tenant has none (nothing is written). Conflict as for create. */
  replace(
    tenant: string,
    id: string,
    template: NewTemplate,
    from?: LoadedFile,
  ): Promise<Written<StoredTemplate> | undefined>;
  /** Undefined when the tenant has no such row (nothing is written). */
  delete(tenant: string, id: string): Promise<Revision | undefined>;
}

export interface MappingRepository {
  list(tenant: string, kinds: readonly StoredMappingKind[]): Promise<StoredMapping[]>;
  get(tenant: string, kinds: readonly StoredMappingKind[], id: string): Promise<StoredMapping | undefined>;
  /** Throws a Problem of category `conflict`: one model or extension per name, one context per normalised template id. */
  create(tenant: string, mapping: NewMapping, from?: LoadedFile): Promise<Written<StoredMapping>>;
  replace(
    tenant: string,
    id: string,
    mapping: NewMapping,
    from?: LoadedFile,
  ): Promise<Written<StoredMapping> | undefined>;
  delete(tenant: string, kinds: readonly StoredMappingKind[], id: string): Promise<Revision | undefined>;
}
