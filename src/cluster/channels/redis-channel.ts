import { Redis } from "ioredis";
import type { Revision } from "../../store/stored.js";
import type { Channel, ChannelListener, ChannelState } from "../channel.js";
import { backoff } from "./backoff.js";
import { ChannelCounters, errorText } from "./channel-counters.js";
import { type ChannelSettings, type ChannelTiming, timingOf } from "./channel-settings.js";
import { authenticationCode, clusterKey, hashedName, isAuthentic } from "./cluster-keys.js";
import { type News, readNews, type SentNews, writeNews } from "./cluster-message.js";
import { NewsOutbox } from "./news-outbox.js";
import { RateLimitedLog } from "./rate-limited-log.js";

/** The Redis channel of a cluster. */
export function redisChannelName(clusterName: string): string {
  return hashedName("causeway:news:", clusterName);
}

const CODE_CHARACTERS = 64;
const LONGEST_MESSAGE = 256;
const FAREWELL_MILLISECONDS = 200;

/**
 * Carries hints by publish and subscribe in Redis. Redis is shared with others, so every message carries an HMAC; a
 * message that is played again is harmless, because it only says how far the log once went. Redis may be absent at the
 * start and at any time later.
 */
export class RedisChannel implements Channel {
  readonly kind = "REDIS";
  readonly #settings: ChannelSettings;
  readonly #timing: ChannelTiming;
  readonly #log: RateLimitedLog;
  readonly #counters = new ChannelCounters();
  readonly #name: string;
  readonly #key: Buffer;
  readonly #outbox = new NewsOutbox((news) => this.#publish(news));
  #listener: ChannelListener | undefined;
  #publisher: Redis | undefined;
  #subscriber: Redis | undefined;
  #subscribed = false;
  #subscribedBefore = false;
  #heartbeat: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(settings: ChannelSettings) {
    this.#settings = settings;
    this.#timing = timingOf(settings);
    this.#log = new RateLimitedLog(settings.logger, this.#timing.logQuiet);
    this.#name = redisChannelName(settings.cluster.name);
    this.#key = clusterKey(settings.cluster, "redis message");
  }

  async start(listener: ChannelListener): Promise<void> {
    this.#listener = listener;
    const url = this.#settings.redisUrl;
    if (url === undefined || !isRedisUrl(url)) {
      // Never the URL itself: it may hold a password.
      const why = url === undefined ? "is not set" : "is no URL that begins with redis:// or rediss://";
      this.#counters.lastError = `REDIS_URL ${why}.`;
      this.#settings.logger.error({}, `The channel REDIS cannot work: REDIS_URL ${why}.`);
      return;
    }
    const publisher = this.#open(url);
    const subscriber = this.#open(url);
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    publisher.on("ready", () => this.#outbox.open());
    publisher.on("close", () => this.#outbox.shut());
    subscriber.on("ready", () => void this.#subscribe(subscriber));
    subscriber.on("close", () => {
      this.#subscribed = false;
    });
    subscriber.on("message", (_channel, message) => this.#hear(message));
    for (const redis of [publisher, subscriber]) redis.connect().catch(() => {});
    this.#heartbeat = setInterval(() => this.#beat(), this.#timing.heartbeat);
  }

  announce(revision: Revision): void {
    this.#outbox.post("hint", revision);
  }

  confirm(applied: Revision): void {
    this.#outbox.post("applied", applied);
  }

  state(): ChannelState {
    return this.#counters.state(this.kind, this.#subscribed && this.#publisher?.status === "ready", []);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#outbox.shut();
    clearInterval(this.#heartbeat);
    await Promise.all([endOf(this.#publisher), endOf(this.#subscriber)]);
  }

  #open(url: string): Redis {
    const redis = new Redis(url, {
      lazyConnect: true,
      // Two connections and the older protocol: servers before 6 know no other.
      protocol: 2,
      connectionName: "causeway",
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: this.#timing.heartbeatAnswer,
      commandTimeout: this.#timing.heartbeatAnswer,
      keepAlive: this.#timing.heartbeat,
      disconnectTimeout: FAREWELL_MILLISECONDS,
      retryStrategy: (times) =>
        this.#closed ? null : backoff(times - 1, this.#timing.reconnectMinimum, this.#timing.reconnectMaximum),
    });
    redis.on("error", (error) => this.#fails(error));
    return redis;
  }

  async #subscribe(subscriber: Redis): Promise<void> {
    try {
      await subscriber.subscribe(this.#name);
    } catch (error) {
      this.#fails(error);
      if (!this.#closed) subscriber.disconnect(true);
      return;
    }
    if (this.#closed) return;
    this.#subscribed = true;
    if (this.#subscribedBefore) this.#counters.reconnects++;
    this.#subscribedBefore = true;
    // Redis keeps nothing for those who were away.
    this.#listener?.missed?.();
  }

  /** A server that vanished without a word ends no connection; one that does not answer is left. */
  #beat(): void {
    for (const redis of [this.#publisher, this.#subscriber]) {
      if (redis?.status !== "ready") continue;
      redis.ping().catch((error: unknown) => {
        this.#fails(error);
        if (!this.#closed && redis.status === "ready") redis.disconnect(true);
      });
    }
  }

  async #publish(news: News): Promise<void> {
    const line = writeNews({ ...news, sender: this.#settings.identity.instanceId });
    const code = authenticationCode(this.#key, line).toString("hex");
    try {
      await this.#publisher?.publish(this.#name, `${code}${line}`);
      this.#counters.sent++;
    } catch (error) {
      this.#fails(error);
    }
  }

  #hear(message: string): void {
    const news = this.#authentic(message);
    if (news === undefined) {
      this.#counters.refused++;
      this.#log.warn("refused", {}, "A message in Redis was ignored: its sender has another secret, or is no node.");
      return;
    }
    if (news.sender === this.#settings.identity.instanceId) return;
    this.#counters.received++;
    if (news.kind === "hint") this.#listener?.hint(news.revision);
    else this.#listener?.confirmed(news.sender, news.revision);
  }

  #authentic(message: string): SentNews | undefined {
    if (message.length > LONGEST_MESSAGE) return undefined;
    const line = message.slice(CODE_CHARACTERS);
    const code = Buffer.from(message.slice(0, CODE_CHARACTERS), "hex");
    return isAuthentic(this.#key, line, code) ? readNews(line) : undefined;
  }

  #fails(error: unknown): void {
    if (this.#closed) return;
    this.#counters.lastError = errorText(error);
    this.#log.warn(
      "fails",
      { reason: this.#counters.lastError },
      "Redis does not carry messages; it is tried again. Until then nodes find writes by looking into the log.",
    );
  }
}

/** Whether the driver takes the text for a URL; what it does not, it takes for the path of a socket, and shows it. */
function isRedisUrl(text: string): boolean {
  try {
    const { protocol, username, password } = new URL(text);
    decodeURIComponent(`${username}${password}`);
    return protocol === "redis:" || protocol === "rediss:";
  } catch {
    return false;
  }
}

/** Ends a connection in whatever state it is, and waits until it has. */
async function endOf(redis: Redis | undefined): Promise<void> {
  if (redis === undefined || redis.status === "end") return;
  // One that waits for its next attempt has nothing open and says nothing when it gives up.
  const waiting = redis.status === "reconnecting" || redis.status === "wait";
  const ended = waiting ? undefined : new Promise<void>((done) => redis.once("end", () => done()));
  redis.disconnect();
  await ended;
}
