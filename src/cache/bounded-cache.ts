import { LRUCache } from "lru-cache";
import type { CacheStatistics, EvictionCause } from "./cache-statistics.js";

/** What a cache is called, how much it keeps and how long. */
export interface BoundedCacheOptions<Value> {
  readonly cache: string;
  readonly group: CacheStatistics["group"];
  /** -1: until evicted. 0: not at all. n: until n seconds after the value was kept. */
  readonly seconds: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** About how much memory a value takes, without its key. */
  bytesOf(value: Value): number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** A value, and where it came from: from the cache, from a load of one's own, or from a load somebody else had begun. */
export interface Found<Value> {
  readonly value: Value;
  readonly origin: "kept" | "loaded" | "joined";
  /** When the value was written into the cache, or was ready to be. */
  readonly writtenAt: number;
}

interface Entry<Value> {
  readonly tenant: string;
  readonly value: Value;
  readonly writtenAt: number;
}

/** The right to keep what is being loaded; lost by the first eviction of its key that comes before the load has ended. */
interface Claim {
  readonly tenant: string;
  readonly fullKey: string;
  isEvicted: boolean;
}

/** What an entry takes beside key and value: its object, and its slots in the cache's lists. */
const BYTES_PER_ENTRY = 200;

/**
 * A bounded cache per tenant and key in which a value is loaded once, however many callers wait for it (design, Caches).
 *
 * What is kept lives in an lru-cache, bounded in entries and bytes. What is being loaded lives in a map of its own, so that
 * capacity never starts a second load. States of a key: *absent* → (get) *loading* → (success) *kept*, or (failure) *absent*
 * again once the failure is on its way to every waiter. An eviction makes a kept key absent and disowns the load in flight:
 * those who already wait for it get its value, it is never kept, and whoever asks later starts a new load.
 *
 * With 0 seconds nothing is kept or shared: every get loads for itself.
 */
export class BoundedCache<Value> {
  readonly #options: BoundedCacheOptions<Value>;
  readonly #now: () => number;
  readonly #kept: LRUCache<string, Entry<Value>>;
  readonly #flights = new Map<string, { readonly claim: Claim; readonly value: Promise<Value> }>();
  readonly #claims = new Set<Claim>();
  readonly #evictions: Record<EvictionCause, number> = { invalidated: 0, expired: 0, capacity: 0, dropped: 0 };
  #hits = 0;
  #misses = 0;
  #loads = 0;
  #failedLoads = 0;
  #loadMilliseconds = 0;

  /** Throws a RangeError for seconds other than -1, 0 and positive ones. */
  constructor(options: BoundedCacheOptions<Value>) {
    const { seconds, maxEntries, maxBytes } = options;
    if (!(seconds >= 0 || seconds === -1)) throw new RangeError(`A cache cannot keep values for ${seconds} seconds.`);
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    // Expiry is ours: to lru-cache a time of 0 means for ever, and its clock is read only once a millisecond.
    this.#kept = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      dispose: (_entry, _key, reason) => {
        if (reason === "evict") this.#evictions.capacity++;
      },
    });
  }

  /** The kept value, the value of the load in flight, or the value `load` gives; rejects as `load` does. */
  async get(tenant: string, key: string, load: () => Promise<Value>): Promise<Found<Value>> {
    const kept = this.kept(tenant, key);
    if (kept !== undefined) return kept;
    this.#misses++;
    if (this.#options.seconds === 0) return this.#found(await this.#measured(load), "loaded");
    const fullKey = fullKeyOf(tenant, key);
    const running = this.#flights.get(fullKey);
    if (running !== undefined) return this.#found(await running.value, "joined");
    const claim: Claim = { tenant, fullKey, isEvicted: false };
    const value = this.#fly(claim, load);
    this.#flights.set(fullKey, { claim, value });
    return this.#found(await value, "loaded");
  }

  /** The kept value, if there is one that has not expired. Counts as a hit when there is; starts nothing when not. */
  kept(tenant: string, key: string): Found<Value> | undefined {
    const entry = this.#unexpired(fullKeyOf(tenant, key));
    if (entry === undefined) return undefined;
    this.#hits++;
    return { value: entry.value, origin: "kept", writtenAt: entry.writtenAt };
  }

  /** Whether a value is kept; counts nothing. */
  holds(tenant: string, key: string): boolean {
    return this.#unexpired(fullKeyOf(tenant, key)) !== undefined;
  }

  /** Whether a value written then would still be kept: always with -1, never with 0. */
  isYoung(writtenAt: number): boolean {
    const { seconds } = this.#options;
    return seconds === -1 || this.#now() - writtenAt < seconds * 1000;
  }

  /**
   * For values that come along with a load of something else: `work` reads and calls `keep` with what it has read, which is
   * kept unless the key was evicted since `work` began. `keep` gives the time from which the value's age counts.
   */
  async claim<T>(tenant: string, key: string, work: (keep: (value: Value) => number) => Promise<T>): Promise<T> {
    const claim: Claim = { tenant, fullKey: fullKeyOf(tenant, key), isEvicted: false };
    const begun = this.#now();
    this.#claims.add(claim);
    try {
      return await work((value) => {
        const writtenAt = this.#now();
        this.#misses++;
        this.#loads++;
        this.#loadMilliseconds += writtenAt - begun;
        this.#keepClaimed(claim, value);
        return writtenAt;
      });
    } finally {
      this.#claims.delete(claim);
    }
  }

  /** Forgets one key, a load in flight included. */
  evict(tenant: string, key: string): void {
    const fullKey = fullKeyOf(tenant, key);
    if (this.#kept.delete(fullKey)) this.#evictions.invalidated++;
    this.#disown((claim) => claim.fullKey === fullKey);
  }

  /** Forgets a key only while it holds this very value. */
  evictValue(tenant: string, key: string, value: Value): void {
    const fullKey = fullKeyOf(tenant, key);
    if (this.#kept.peek(fullKey)?.value === value && this.#kept.delete(fullKey)) this.#evictions.invalidated++;
  }

  /** Forgets the values of a tenant that `isStale`, and every load in flight of the tenant: it cannot be asked yet. */
  evictWhere(tenant: string, isStale: (value: Value) => boolean): void {
    this.#forget((entry) => entry.tenant === tenant && isStale(entry.value), "invalidated");
    this.#disown((claim) => claim.tenant === tenant);
  }

  /** Forgets everything, loads in flight included. */
  dropAll(): void {
    this.#forget(() => true, "dropped");
    this.#disown(() => true);
  }

  statistics(): CacheStatistics {
    const { cache, group } = this.#options;
    return {
      cache,
      group,
      hits: this.#hits,
      misses: this.#misses,
      loads: this.#loads,
      failedLoads: this.#failedLoads,
      loadMilliseconds: this.#loadMilliseconds,
      evictions: { ...this.#evictions },
      entries: this.#kept.size,
      bytes: this.#kept.calculatedSize,
    };
  }

  #found(value: Value, origin: Found<Value>["origin"]): Found<Value> {
    return { value, origin, writtenAt: this.#now() };
  }

  #unexpired(fullKey: string): Entry<Value> | undefined {
    const entry = this.#kept.get(fullKey);
    if (entry === undefined || this.isYoung(entry.writtenAt)) return entry;
    this.#kept.delete(fullKey);
    this.#evictions.expired++;
    return undefined;
  }

  /** Loads and keeps. The flight is over before its promise settles: who asks after a failure starts anew. */
  async #fly(claim: Claim, load: () => Promise<Value>): Promise<Value> {
    this.#claims.add(claim);
    try {
      const value = await this.#measured(load);
      this.#keepClaimed(claim, value);
      return value;
    } finally {
      this.#claims.delete(claim);
      if (this.#flights.get(claim.fullKey)?.claim === claim) this.#flights.delete(claim.fullKey);
    }
  }

  async #measured(load: () => Promise<Value>): Promise<Value> {
    this.#loads++;
    const begun = this.#now();
    try {
      return await load();
    } catch (error) {
      this.#failedLoads++;
      throw error;
    } finally {
      this.#loadMilliseconds += this.#now() - begun;
    }
  }

  #keepClaimed(claim: Claim, value: Value): void {
    if (!claim.isEvicted) this.#keep(claim.tenant, claim.fullKey, value);
  }

  #keep(tenant: string, fullKey: string, value: Value): void {
    const { seconds, maxBytes, bytesOf } = this.#options;
    if (seconds === 0) return;
    const size = Math.ceil(BYTES_PER_ENTRY + 2 * fullKey.length + bytesOf(value));
    // What is larger than the whole cache would be refused there without a word.
    if (size > maxBytes) {
      this.#kept.delete(fullKey);
      this.#evictions.capacity++;
      return;
    }
    this.#kept.set(fullKey, { tenant, value, writtenAt: this.#now() }, { size });
  }

  #forget(isMeant: (entry: Entry<Value>) => boolean, cause: EvictionCause): void {
    const meant = [...this.#kept.entries()].filter(([, entry]) => isMeant(entry));
    for (const [fullKey] of meant) if (this.#kept.delete(fullKey)) this.#evictions[cause]++;
  }

  #disown(isMeant: (claim: Claim) => boolean): void {
    for (const claim of this.#claims) {
      if (!isMeant(claim)) continue;
      claim.isEvicted = true;
      if (this.#flights.get(claim.fullKey)?.claim === claim) this.#flights.delete(claim.fullKey);
    }
  }
}

/** The length goes first so that no tenant's name can be the beginning of another tenant's keys. */
function fullKeyOf(tenant: string, key: string): string {
  return `${tenant.length}:${tenant}:${key}`;
}
