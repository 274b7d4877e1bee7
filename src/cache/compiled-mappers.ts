import type { Mapper, MapperSource } from "../engine/mapper.js";
import { Problem } from "../errors/problem.js";
import type { ContextMapping } from "../fhirconnect/syntax/tree.js";
import type { Template } from "../openehr/template/template.js";
import type { ConfigurationStore } from "../store/configuration-store.js";
import { normaliseTemplateId, type Revision, type StoredMapping } from "../store/stored.js";
import type { Found } from "./bounded-cache.js";
import { CacheGroups, type CacheSettings, type MapperEntry } from "./cache-groups.js";
import type { CacheInvalidation, CacheStatistics } from "./cache-statistics.js";
import { mappingDependencies } from "./mapping-dependencies.js";
import { MappingLibrary, type ReportUnreadable } from "./mapping-library.js";
import { CONTEXT_NOT_FOUND, TEMPLATE_NOT_FOUND } from "./problems.js";
import { parsingReader, type StoredTextReader } from "./stored-text-reader.js";
import { TemplateEntry } from "./template-entry.js";
import type { TenantSettings } from "./tenant-settings.js";

export interface CompiledMappersParts extends CacheSettings {
  readonly store: ConfigurationStore;
  /** May take its time: who comes meanwhile waits for the same compile, and an eviction meanwhile wins. */
  readonly compile: (source: MapperSource) => Mapper | Promise<Mapper>;
  readonly reportUnreadable: ReportUnreadable;
  /** Default: every text is parsed here. */
  readonly reader?: StoredTextReader;
}

/** A mapper and the revision of the one snapshot it was compiled from. */
export interface StampedMapper {
  readonly mapper: Mapper;
  readonly revision: Revision;
}

/** How often a mapper is asked for again when its template turns out to be another one meanwhile. */
const ATTEMPTS = 3;

/**
 * The compiled mapper of every template in use, and the contexts of every tenant for the choice by profile. Compiled once
 * per tenant and template however many requests wait; template, models, extensions and context of one mapper come from one
 * snapshot. What the times to live mean for a request that maps:
 *
 * - With both groups at -1 a request for what is kept makes no database call.
 * - With the OPT group at 0 every request reads its template, and nothing else; the kept mapper is used when it was
 *   compiled from the very text that was read, otherwise it is compiled anew.
 * - With the FHIR Connect group at 0 every request reads contexts, models and extensions and compiles; the kept template
 *   is used when the log, read in the same snapshot, proves that it has not changed, and is not read again.
 * - With both at 0 every request reads everything.
 * - With n the same happens at the first request n seconds after the value was kept; reading again starts the clock anew.
 * - "No such context" and "no such template" are kept like values.
 * - Failures are kept by nobody: who waits gets them, who comes later tries again.
 *
 * Whoever writes configuration has the entries of the log applied ({@link CompiledMappers.apply}) before it answers.
 */
export class CompiledMappers implements CacheInvalidation {
  readonly #parts: CompiledMappersParts;
  readonly #caches: CacheGroups;
  readonly #library: MappingLibrary;
  readonly #reader: StoredTextReader;

  /** Throws a RangeError for times to live other than -1, 0 and positive ones. */
  constructor(parts: CompiledMappersParts) {
    this.#parts = parts;
    this.#caches = new CacheGroups(parts);
    this.#reader = parts.reader ?? parsingReader;
    this.#library = new MappingLibrary(this.#caches.files, this.#reader, parts.reportUnreadable);
  }

  /**
   * The mapper for a template id in either spelling (rest-api 2). Throws a Problem when the tenant has no context for it,
   * when the template of the context is not stored, or when the mapping files do not compile.
   */
  async get(tenant: string, templateId: string): Promise<Mapper> {
    return (await this.stamped(tenant, templateId)).mapper;
  }

  /** As {@link CompiledMappers.get}, with the revision at which everything the mapper was compiled from was read. */
  async stamped(tenant: string, templateId: string): Promise<StampedMapper> {
    const key = normaliseTemplateId(templateId);
    // No stored name holds a NUL, and Postgres refuses the character in a parameter.
    if (key.includes("\u0000")) throw contextNotFound(templateId);
    const { mappers } = this.#caches;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (!mappers.holds(tenant, key)) this.#refuseKnownAbsence(tenant, key, templateId);
      const found = await mappers.get(tenant, key, () => this.#load(tenant, key, templateId));
      if (await this.#hasCurrentTemplate(tenant, key, found)) return found.value;
      mappers.evictValue(tenant, key, found.value);
    }
    // Its template changes faster than it can be read twice. What one snapshot gives is right in any case.
    return this.#load(tenant, key, templateId);
  }

  /** The template of an id in either spelling, or undefined when the tenant has none; kept in the OPT group. */
  async template(tenant: string, templateId: string): Promise<Template | undefined> {
    const key = normaliseTemplateId(templateId);
    if (key.includes("\u0000")) return undefined;
    const { value } = await this.#caches.templates.get(tenant, key, () => this.#readTemplate(tenant, key));
    return value.template(this.#reader);
  }

  /** All contexts of the tenant, in the order in which they were stored (rest-api 4, context selection). */
  async contexts(tenant: string): Promise<readonly ContextMapping[]> {
    const found = await this.#caches.contexts.get(tenant, "", async () => {
      return (await this.#library.read(await this.#parts.store.mappings.list(tenant, ["context"]))).contexts;
    });
    return found.value;
  }

  /** The settings of the tenant. */
  async tenantSettings(tenant: string): Promise<TenantSettings> {
    return (await this.#caches.tenants.get(tenant, "", async () => ({ tenant }))).value;
  }

  apply(entries: readonly { readonly tenant: string; readonly kind: string; readonly key: string }[]): void {
    this.#caches.apply(entries);
  }

  dropAll(): void {
    this.#caches.dropAll();
  }

  /** Forgets everything of the tenant; who asks from now on gets what is stored now. */
  evict(tenant: string): void {
    this.#caches.evictTenant(tenant);
  }

  statistics(): readonly CacheStatistics[] {
    return this.#caches.statistics();
  }

  #refuseKnownAbsence(tenant: string, key: string, templateId: string): void {
    const known = this.#caches.context.kept(tenant, key);
    if (known === undefined) return;
    const { context } = known.value;
    if (context === undefined) throw contextNotFound(templateId);
    const template = this.#caches.templates.kept(tenant, key);
    if (template !== undefined && template.value.hash === undefined) throw templateNotFound(context);
  }

  /** Compiles from one snapshot, and keeps the context and the template that came with it. */
  #load(tenant: string, key: string, templateId: string): Promise<MapperEntry> {
    const { templates, context: contextCache } = this.#caches;
    return contextCache.claim(tenant, key, (keepContext) =>
      templates.claim(tenant, key, async (keepTemplate) => {
        const held = templates.kept(tenant, key);
        const known = held === undefined ? {} : { templateKnownAt: held.value.knownAt };
        const snapshot = await this.#parts.store.snapshot(tenant, key, known);
        const { mappings, contexts } = await this.#library.read(snapshot.mappings);
        const context = contexts.find((one) => normaliseTemplateId(one.templateId.value) === key);
        keepContext({ context });
        if (context === undefined) throw contextNotFound(templateId);
        let entry: TemplateEntry;
        let templateReadAt: number;
        if (held !== undefined && snapshot.templateUnchanged === true) {
          ({ value: entry, writtenAt: templateReadAt } = held);
          entry.provenAt(snapshot.revision);
        } else {
          entry = new TemplateEntry(snapshot.template, snapshot.revision, held?.value);
          templateReadAt = keepTemplate(entry);
        }
        const template = await entry.template(this.#reader);
        if (template === undefined || entry.hash === undefined) throw templateNotFound(context);
        const dependencies = mappingDependencies(context, mappings);
        const semantics = semanticsOf(snapshot.mappings, key);
        return {
          mapper: await this.#parts.compile({ template, context, mappings, ...semantics }),
          revision: snapshot.revision,
          templateHash: entry.hash,
          templateReadAt,
          dependencies,
          templateLength: entry.length,
          mappingsLength: lengthOf(snapshot.mappings, dependencies),
        };
      }),
    );
  }

  /**
   * Whether the OPT group allows to use the mapper: its template was read lately enough, or has the same text when it is
   * read again. A mapper that this request has just compiled has just had its template read.
   */
  async #hasCurrentTemplate(tenant: string, key: string, { value, origin }: Found<MapperEntry>): Promise<boolean> {
    const { templates } = this.#caches;
    if (origin === "loaded" || templates.isYoung(value.templateReadAt)) return true;
    const read = await templates.get(tenant, key, () => this.#readTemplate(tenant, key));
    if (read.value.hash !== value.templateHash) return false;
    value.templateReadAt = read.writtenAt;
    return true;
  }

  async #readTemplate(tenant: string, key: string): Promise<TemplateEntry> {
    const { template, revision } = await this.#parts.store.snapshot(tenant, key, { withoutMappings: true });
    return new TemplateEntry(template, revision);
  }
}

/** What the upload of the context of a template asked for. */
function semanticsOf(stored: readonly StoredMapping[], key: string): Pick<MapperSource, "semantics"> {
  const semantics = stored.find(
    ({ kind, normalisedTemplateId }) => kind === "context" && normalisedTemplateId === key,
  )?.semantics;
  return semantics === undefined ? {} : { semantics };
}

/** Characters of the files that a mapper was compiled from. */
function lengthOf(stored: readonly StoredMapping[], names: ReadonlySet<string>): number {
  return stored.reduce((sum, { name, content }) => sum + (names.has(name) ? content.length : 0), 0);
}

function templateNotFound({ name, templateId }: ContextMapping): Problem {
  return new Problem(
    TEMPLATE_NOT_FOUND,
    `The operational template "${templateId.value}" of the context "${name.value}" is not stored.`,
    { position: templateId.position, mapping: name.value, path: "context.template.id" },
  );
}

/** The sentence is the one that existing clients of the classic routes look for. */
export function contextNotFound(templateId: string | undefined): Problem {
  return new Problem(
    CONTEXT_NOT_FOUND,
    "Couldn't find a Context Mapper for the inbound request. If using flat format for the input body (or a ContentItem " +
      "instead of a whole Composition), make sure you set query parameter 'templateId' that matches a " +
      `fhirConnectContext.openEHR.templateId value. Current template id '${templateId?.slice(0, 200) ?? ""}'`,
    templateId === undefined ? {} : { path: "templateId" },
  );
}
