import type { Mapper } from "../engine/mapper.js";
import type { ContextMapping, MappingFile } from "../fhirconnect/syntax/tree.js";
import type { Revision } from "../store/stored.js";
import { BoundedCache, type BoundedCacheOptions } from "./bounded-cache.js";
import type { CacheInvalidation, CacheStatistics } from "./cache-statistics.js";
import { evictionOf } from "./eviction-table.js";
import type { TemplateEntry } from "./template-entry.js";
import type { TenantSettings } from "./tenant-settings.js";

/** How much and how long a group of caches keeps. */
export interface CacheGroupSettings {
  /** -1: until it changes. 0: not at all. n: n seconds from when it was kept. */
  readonly seconds?: number;
  /** How many values of each kind. */
  readonly maxEntries?: number;
  /** Estimated memory of all caches of the group together. */
  readonly maxBytes?: number;
}

/** The groups that are tuned apart (design, Caches). */
export interface CacheSettings {
  readonly operationalTemplates?: CacheGroupSettings;
  readonly fhirConnect?: CacheGroupSettings;
  readonly tenants?: CacheGroupSettings;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** A compiled mapper, and what it was compiled from. */
export interface MapperEntry {
  readonly mapper: Mapper;
  /** Of the one snapshot from which template, context, models and extensions were read. */
  readonly revision: Revision;
  readonly templateHash: string;
  /** When its template was last read into, or found in, the OPT group; moves on when the same template is read again. */
  templateReadAt: number;
  /** Names of models and extensions it depends on. */
  readonly dependencies: ReadonlySet<string>;
  /** Characters of the template it was compiled from. */
  readonly templateLength: number;
  /** Characters of the mapping files it was compiled from. */
  readonly mappingsLength: number;
}

/** The context of a template, or that the tenant has none for it. */
export interface ContextEntry {
  readonly context: ContextMapping | undefined;
}

/** A mapping file, or that its text cannot be read. */
export interface FileEntry {
  readonly mapping: MappingFile | undefined;
  /** Characters of the stored text. */
  readonly length: number;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULTS = { seconds: -1, maxEntries: 500, maxBytes: 256 * MEBIBYTE };

/**
 * Memory per character of stored text, measured on the templates and mapping libraries of the conformance corpus: a
 * template, a mapping file, and a plan per character of its mapping files. A mapper keeps its template alive, and what is
 * derived from it, so that the template counts twice: in its own group and here.
 */
const BYTES_PER_CHARACTER = { template: 4, file: 16, plan: 40 };

/**
 * How the bytes of the FHIR Connect group are divided. Each kind of value has an lru-cache of its own, so that a flood of
 * requests for templates that do not exist pushes out other absences and no mapper.
 */
const FHIR_CONNECT_SHARES = { mappers: 0.6, files: 0.3, context: 0.05, contexts: 0.05 };
/** A library has many files for each template. */
const FILES_PER_MAPPER = 20;

/**
 * All caches of a node by group:
 *
 * | group | cache | key | value |
 * |---|---|---|---|
 * | OPT | `opt` | tenant, template id | template, or that there is none |
 * | FHIR Connect | `mappers` | tenant, template id | compiled mapper |
 * | FHIR Connect | `fhir_connect_context` | tenant, template id | context, or that there is none |
 * | FHIR Connect | `fhir_connect_contexts` | tenant | all contexts |
 * | FHIR Connect | `fhir_connect_files` | tenant, hash of the text, name | mapping file, read |
 * | tenant | `tenants` | tenant | settings |
 *
 * Helper trees (the output skeletons of a template) hang on the parsed template and live and die with it.
 */
export class CacheGroups implements CacheInvalidation {
  readonly templates: BoundedCache<TemplateEntry>;
  readonly mappers: BoundedCache<MapperEntry>;
  readonly context: BoundedCache<ContextEntry>;
  readonly contexts: BoundedCache<readonly ContextMapping[]>;
  readonly files: BoundedCache<FileEntry>;
  readonly tenants: BoundedCache<TenantSettings>;
  readonly #all: readonly Pick<BoundedCache<unknown>, "evictWhere" | "dropAll" | "statistics">[];

  constructor(settings: CacheSettings = {}) {
    const clock = settings.now === undefined ? {} : { now: settings.now };
    const opt = { ...DEFAULTS, ...settings.operationalTemplates, ...clock, group: "opt" as const };
    const connect = { ...DEFAULTS, ...settings.fhirConnect, ...clock, group: "fhir-connect" as const };
    const tenant = { ...DEFAULTS, ...settings.tenants, ...clock, group: "tenant" as const };
    const connected = <Value>(
      share: keyof typeof FHIR_CONNECT_SHARES,
      options: Pick<BoundedCacheOptions<Value>, "cache" | "bytesOf"> & { readonly maxEntries?: number },
    ) => {
      const maxBytes = Math.max(1, Math.floor(connect.maxBytes * FHIR_CONNECT_SHARES[share]));
      return new BoundedCache<Value>({ ...connect, maxBytes, ...options });
    };
    this.templates = new BoundedCache<TemplateEntry>({
      ...opt,
      cache: "opt",
      bytesOf: ({ length }) => length * BYTES_PER_CHARACTER.template,
    });
    this.mappers = connected<MapperEntry>("mappers", {
      cache: "mappers",
      bytesOf: ({ templateLength, mappingsLength }) =>
        templateLength * BYTES_PER_CHARACTER.template + mappingsLength * BYTES_PER_CHARACTER.plan,
    });
    this.context = connected<ContextEntry>("context", {
      cache: "fhir_connect_context",
      bytesOf: ({ context }) => contextBytes(context),
    });
    this.contexts = connected<readonly ContextMapping[]>("contexts", {
      cache: "fhir_connect_contexts",
      bytesOf: (contexts) => contexts.reduce((sum, context) => sum + contextBytes(context), 0),
    });
    this.files = connected<FileEntry>("files", {
      cache: "fhir_connect_files",
      maxEntries: connect.maxEntries * FILES_PER_MAPPER,
      bytesOf: ({ length }) => length * BYTES_PER_CHARACTER.file,
    });
    this.tenants = new BoundedCache<TenantSettings>({ ...tenant, cache: "tenants", bytesOf: () => 1000 });
    this.#all = [this.templates, this.mappers, this.context, this.contexts, this.files, this.tenants];
  }

  /** Synchronous: whoever asks afterwards gets nothing that these entries made stale. */
  apply(entries: readonly { readonly tenant: string; readonly kind: string; readonly key: string }[]): void {
    for (const { tenant, kind, key } of entries) evictionOf(kind).evict(this, tenant, key);
  }

  /** Forgets everything of a tenant, loads in flight included. */
  evictTenant(tenant: string): void {
    for (const cache of this.#all) cache.evictWhere(tenant, () => true);
  }

  /** Forgets everything, loads in flight included. */
  dropAll(): void {
    for (const cache of this.#all) cache.dropAll();
  }

  statistics(): readonly CacheStatistics[] {
    return this.#all.map((cache) => cache.statistics());
  }
}

/** A context is a list of names; each is an object with its position. */
function contextBytes(context: ContextMapping | undefined): number {
  return context === undefined ? 0 : 2000 + 300 * (context.archetypes.length + context.extensions.length);
}
