import { LRUCache } from "lru-cache";

/**
 * A bounded cache per tenant and key in which a value is loaded once, however many callers wait for it (design.md, Caches).
 *
 * Loads in flight live in a map of their own beside the bounded cache, because capacity eviction must not start a second
 * load. States of a key: *absent* → (get) *loading* → (success) *kept*, or (failure) *absent* again after the failure has
 * reached every waiter. An eviction makes a kept key absent and disowns a load in flight: those who already wait for it
 * get its value, it is never kept, and whoever asks later starts a new load.
 */
export class SingleFlightCache<Value extends object> {
  readonly #kept: LRUCache<string, Value>;
  readonly #loading = new Map<string, Promise<Value>>();

  readonly #bypassed: boolean;

  /**
   * `seconds` is how long a value is kept, counted from the moment it was kept: -1 until it is evicted, 0 not at all, so
   * that every caller loads for itself. (To the cache underneath 0 means for ever, and a negative time is an error.)
   */
  constructor(maxEntries: number, seconds: number) {
    this.#bypassed = seconds === 0;
    this.#kept = new LRUCache({ max: maxEntries, ttl: seconds > 0 ? seconds * 1000 : 0 });
  }

  /** The kept value, the value of the load in flight, or the value `load` gives; rejects as `load` does. */
  async get(tenant: string, key: string, load: () => Promise<Value>): Promise<Value> {
    if (this.#bypassed) return load();
    const fullKey = tenantPrefix(tenant) + key;
    const kept = this.#kept.get(fullKey);
    if (kept !== undefined) return kept;
    const running = this.#loading.get(fullKey);
    if (running !== undefined) return running;
    const started = load();
    this.#loading.set(fullKey, started);
    try {
      const value = await started;
      if (this.#loading.get(fullKey) === started) this.#kept.set(fullKey, value);
      return value;
    } finally {
      if (this.#loading.get(fullKey) === started) this.#loading.delete(fullKey);
    }
  }

  /** Forgets everything of the tenant, loads in flight included. */
  evict(tenant: string): void {
    const prefix = tenantPrefix(tenant);
    for (const key of [...this.#kept.keys()]) if (key.startsWith(prefix)) this.#kept.delete(key);
    for (const key of [...this.#loading.keys()]) if (key.startsWith(prefix)) this.#loading.delete(key);
  }
}

/** The length goes first so that no tenant's name can be the beginning of another tenant's keys. */
function tenantPrefix(tenant: string): string {
  return `${tenant.length}:${tenant}:`;
}
