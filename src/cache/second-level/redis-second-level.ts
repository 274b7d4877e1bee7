import { setImmediate as nextTurn } from "node:timers/promises";
import { Redis } from "ioredis";
import { CircuitBreaker } from "../../store/circuit-breaker.js";
import { READ_ROW, ROW_OVERHEAD_BYTES, WRITE_ROW } from "./row-scripts.js";
import { RowSeal } from "./row-seal.js";
import { noSecondLevel, type SecondLevel, type SecondLevelStatistics } from "./second-level.js";

export interface RedisSecondLevelOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
  readonly url: string;
  /** What the nodes of the cluster share; a node with another secret cannot read or forge rows. */
  readonly cluster: { readonly name: string; readonly secret: Uint8Array };
  /** What all rows of the cluster may take in Redis (`REDIS_CACHE_LIMIT_MB`); 0 is no second level. */
  readonly limitMegabytes: number;
  /** What one row may take (`REDIS_CACHE_VALUE_LIMIT_KB`). */
  readonly valueLimitKilobytes: number;
  /** Told once for each time that Redis goes away. */
  readonly warn: (message: string) => void;
}

/** How long a start waits for the connection, so that its first compile can already use it. */
const CONNECT_MILLISECONDS = 500;
/** How long an answer may take: half of what it costs to parse a large template. */
const ANSWER_MILLISECONDS = 100;
const FAILURES_TO_PAUSE = 3;
const PAUSE_MILLISECONDS = 2_000;
/** A connection that is silent for this long after a question is made anew. */
const SILENT_MILLISECONDS = 2_000;
/** A reconnect is tried at least this often. */
const RECONNECT_MILLISECONDS = 2_000;
/** Rows of a cluster that nobody has used for so long leave Redis. */
const UNUSED_SECONDS = 30 * 24 * 60 * 60;
const LONGEST_QUEUE = 1_000;

type Counters = { -readonly [Name in Exclude<keyof SecondLevelStatistics, "connected">]: number };

/**
 * Opens the second level in Redis. Always gives one: where Redis does not answer within half a second, every read is a miss
 * until it does, and reads that Redis leaves unanswered cost a tenth of a second each, three times, and then once in two seconds.
 */
export async function openRedisSecondLevel(options: RedisSecondLevelOptions): Promise<SecondLevel> {
  if (options.limitMegabytes === 0) return noSecondLevel;
  try {
    const level = new RedisSecondLevel(options);
    await level.connected();
    return level;
  } catch (error) {
    options.warn(`The second level cache is off: REDIS_URL cannot be used (${causeOf(error)}).`);
    return noSecondLevel;
  }
}

class RedisSecondLevel implements SecondLevel {
  readonly #redis: Redis;
  readonly #seal: RowSeal;
  readonly #keys: readonly [values: string, uses: string];
  readonly #budget: number;
  readonly #mostOfOne: number;
  readonly #warn: (message: string) => void;
  readonly #breaker = new CircuitBreaker(FAILURES_TO_PAUSE, PAUSE_MILLISECONDS);
  readonly #count: Counters = { hits: 0, misses: 0, refused: 0, puts: 0, tooLarge: 0, failures: 0 };
  readonly #toPut = new Map<string, object>();
  #putting: Promise<void> | undefined;
  #closed = false;
  #outageTold = false;

  constructor({ url, cluster, limitMegabytes, valueLimitKilobytes, warn }: RedisSecondLevelOptions) {
    this.#seal = new RowSeal(cluster);
    // The braces keep both keys in one slot of a Redis cluster.
    const prefix = `{causeway:${encodeURIComponent(cluster.name)}}:rows`;
    this.#keys = [prefix, `${prefix}:uses`];
    this.#budget = limitMegabytes * 1024 * 1024;
    this.#mostOfOne = Math.min(valueLimitKilobytes * 1024, this.#budget - ROW_OVERHEAD_BYTES);
    this.#warn = warn;
    this.#redis = new Redis(url, {
      lazyConnect: true,
      connectionName: "causeway",
      connectTimeout: SILENT_MILLISECONDS,
      socketTimeout: SILENT_MILLISECONDS,
      // A question that cannot be asked now is a miss now, and never asked later.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 100, RECONNECT_MILLISECONDS),
      scripts: {
        causewayReadRow: { lua: READ_ROW, numberOfKeys: 2 },
        causewayWriteRow: { lua: WRITE_ROW, numberOfKeys: 2 },
      },
    });
    this.#redis.on("error", (error: unknown) => {
      this.#count.failures++;
      this.#tellOutage(causeOf(error));
    });
    this.#redis.on("ready", () => {
      this.#outageTold = false;
      this.#breaker.succeeded();
    });
  }

  /** Resolves when connected, or when a start has waited long enough. */
  async connected(): Promise<void> {
    await within(CONNECT_MILLISECONDS, this.#redis.connect()).catch(() => {});
  }

  async get(hash: string): Promise<object | undefined> {
    const value = await this.#ask(() =>
      this.#redis.callBuffer("EVAL", READ_ROW, 2, ...this.#keys, hash, this.#mostOfOne, UNUSED_SECONDS),
    );
    const row = value instanceof Buffer ? await this.#seal.open(hash, value) : undefined;
    if (value instanceof Buffer && row === undefined) this.#count.refused++;
    if (row === undefined) this.#count.misses++;
    else this.#count.hits++;
    return row;
  }

  put(hash: string, row: object): void {
    if (!this.#isReady() || this.#toPut.size >= LONGEST_QUEUE) return;
    this.#toPut.set(hash, row);
    this.#putting ??= this.#putAll().finally(() => {
      this.#putting = undefined;
    });
  }

  /** One after the other and a turn of the event loop apart: whoever puts a row does not wait for it to be written. */
  async #putAll(): Promise<void> {
    for (const [hash, row] of this.#toPut) {
      await nextTurn();
      this.#toPut.delete(hash);
      await this.#putOne(hash, row);
    }
  }

  async #putOne(hash: string, row: object): Promise<void> {
    const value = await this.#seal.seal(hash, row).catch(() => undefined);
    if (value === undefined || value.length > this.#mostOfOne) {
      this.#count.tooLarge++;
      return;
    }
    const limits = [this.#budget, UNUSED_SECONDS, ROW_OVERHEAD_BYTES];
    const answer = await this.#ask(() =>
      this.#redis.callBuffer("EVAL", WRITE_ROW, 2, ...this.#keys, hash, value, ...limits),
    );
    if (answer !== undefined) this.#count.puts++;
  }

  /** The answer of Redis in time, or undefined. */
  async #ask(question: () => Promise<unknown>): Promise<unknown> {
    if (!this.#isReady() || !this.#breaker.allows()) return undefined;
    try {
      const answer = await within(ANSWER_MILLISECONDS, question());
      this.#breaker.succeeded();
      return answer;
    } catch (error) {
      this.#count.failures++;
      if (this.#breaker.failed()) this.#tellOutage(causeOf(error));
      return undefined;
    }
  }

  #isReady(): boolean {
    return !this.#closed && this.#redis.status === "ready";
  }

  #tellOutage(cause: string): void {
    if (this.#outageTold || this.#closed) return;
    this.#outageTold = true;
    this.#warn(
      `Redis does not answer (${cause}): the second level cache is empty until it does. Nothing else is affected.`,
    );
  }

  statistics(): SecondLevelStatistics {
    return { connected: this.#isReady(), ...this.#count };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#toPut.clear();
    this.#redis.disconnect();
  }
}

/**
 * Rejects when the promise takes longer. A timer that is due runs before the answers that arrived while something else kept
 * the event loop busy, parsing for example: they get one more turn, so that only Redis is judged and not this process.
 */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => setImmediate(() => setImmediate(() => reject(new Error(`no answer in ${milliseconds} ms`)))),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong in a few words; the driver's messages name host and port at most. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  return "code" in error ? String(error.code) : error.message.slice(0, 100);
}
