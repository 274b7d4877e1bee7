import type { AggregateKind } from "../store/schema.js";
import type { CacheGroups } from "./cache-groups.js";

/** What a write to one kind of stored aggregate makes stale. */
export interface Eviction {
  /** In words, for people. */
  readonly evicts: string;
  evict(caches: CacheGroups, tenant: string, key: string): void;
}

const mappersThatReachedIt: Eviction = {
  evicts: "every mapper that reached it, or looked for it in vain, through context, extends or slot",
  evict: ({ mappers }, tenant, name) => mappers.evictWhere(tenant, ({ dependencies }) => dependencies.has(name)),
};

const everythingOfTheTenant: Eviction = {
  evicts: "everything of the tenant",
  evict: (caches, tenant) => caches.evictTenant(tenant),
};

/**
 * Who evicts what (design, Caches), by kind of stored aggregate. Keys are those of the invalidation log: normalised
 * template ids of templates and contexts, names of models and extensions. Absences are entries like any other. A mapper
 * that is evicted takes its helper trees with it, and so does a template.
 */
export const evictionTable: Readonly<Record<AggregateKind, Eviction>> = Object.freeze({
  template: {
    evicts: "the template, its mapper and their helper trees",
    evict: ({ templates, mappers }, tenant, templateId) => {
      templates.evict(tenant, templateId);
      mappers.evict(tenant, templateId);
    },
  },
  model: mappersThatReachedIt,
  extension: mappersThatReachedIt,
  context: {
    evicts: "the context and the mapper of its template, and the tenant's list of contexts",
    evict: ({ context, contexts, mappers }, tenant, templateId) => {
      context.evict(tenant, templateId);
      contexts.evict(tenant, "");
      mappers.evict(tenant, templateId);
    },
  },
  tenant: everythingOfTheTenant,
} satisfies Record<AggregateKind, Eviction>);

/**
 * The row for a kind as the log names it. A kind that this version does not know was written by a newer neighbour during a
 * rolling upgrade: whatever it may be, nothing of its tenant is trusted any more.
 */
export function evictionOf(kind: string): Eviction {
  return Object.hasOwn(evictionTable, kind) ? evictionTable[kind as AggregateKind] : everythingOfTheTenant;
}
