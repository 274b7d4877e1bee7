import { randomBytes } from "node:crypto";
import type { Revision } from "../../store/stored.js";
import type { Channel, ChannelListener, ChannelState } from "../channel.js";
import { backoff } from "./backoff.js";
import { ChannelCounters, errorText } from "./channel-counters.js";
import { type ChannelSettings, type ChannelTiming, timingOf } from "./channel-settings.js";
import { hashedName } from "./cluster-keys.js";
import { type News, readNews, writeNews } from "./cluster-message.js";
import { type DirectConnection, directConnection } from "./direct-connection.js";
import { NewsOutbox } from "./news-outbox.js";
import { RateLimitedLog } from "./rate-limited-log.js";

/** The name nodes of a cluster listen on in Postgres; names of channels have at most 63 bytes. */
export function notificationName(clusterName: string): string {
  return hashedName("causeway_", clusterName);
}

/**
 * The statement by which a write transaction tells the other nodes of itself: Postgres delivers it when, and only when,
 * the transaction commits. What it carries is the epoch, the position and the sender.
 */
export function notifyStatement(
  clusterName: string,
  revision: Revision,
  instanceId: string,
): { readonly text: string; readonly values: readonly [string, string] } {
  const payload = writeNews({ kind: "hint", revision, sender: instanceId });
  return { text: "select pg_notify($1, $2)", values: [notificationName(clusterName), payload] };
}

const FAREWELL_MILLISECONDS = 200;
const SELF_TEST = "self-test ";

/**
 * Carries hints by LISTEN and NOTIFY on a connection of its own. After every LISTEN the node sends a notification to
 * itself: behind a pooler in transaction mode LISTEN succeeds and nothing ever arrives, which only such a test can show.
 */
export class PostgresChannel implements Channel {
  readonly kind = "POSTGRES";
  readonly #settings: ChannelSettings;
  readonly #timing: ChannelTiming;
  readonly #log: RateLimitedLog;
  readonly #counters = new ChannelCounters();
  readonly #name: string;
  readonly #outbox = new NewsOutbox((news) => this.#notify(news));
  #listener: ChannelListener | undefined;
  #connection: DirectConnection | undefined;
  #selfTest: string | undefined;
  #hears = false;
  #connectedBefore = false;
  #failures = 0;
  #closed = false;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(settings: ChannelSettings) {
    this.#settings = settings;
    this.#timing = timingOf(settings);
    this.#log = new RateLimitedLog(settings.logger, this.#timing.logQuiet);
    this.#name = notificationName(settings.cluster.name);
  }

  async start(listener: ChannelListener): Promise<void> {
    this.#listener = listener;
    await this.#connect();
  }

  announce(revision: Revision): void {
    this.#outbox.post("hint", revision);
  }

  confirm(applied: Revision): void {
    this.#outbox.post("applied", applied);
  }

  state(): ChannelState {
    return this.#counters.state(this.kind, this.#hears, []);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = this.#connection;
    this.#forget();
    if (connection === undefined) return;
    const ended = new Promise<void>((done) => connection.client.once("end", () => done()));
    const impatience = setTimeout(() => connection.tear(), FAREWELL_MILLISECONDS);
    connection.client.end().catch(() => connection.tear());
    await ended;
    clearTimeout(impatience);
  }

  async #connect(): Promise<void> {
    let connection: DirectConnection | undefined;
    try {
      if (this.#settings.directConnection === undefined) throw new Error("No database to connect to is set.");
      connection = directConnection(this.#settings.directConnection, this.#timing.heartbeatAnswer);
      this.#connection = connection;
      await this.#listen(connection);
    } catch (error) {
      this.#lose(connection, error);
    }
  }

  async #listen(connection: DirectConnection): Promise<void> {
    const { client } = connection;
    client.on("error", (error) => this.#lose(connection, error));
    client.on("end", () => this.#lose(connection, new Error("The server ended the connection.")));
    client.on("notification", ({ channel, payload }) => {
      if (channel === this.#name) this.#hear(payload ?? "");
    });
    await client.connect();
    await client.query(`listen ${client.escapeIdentifier(this.#name)}`);
    if (connection !== this.#connection) return;
    if (this.#connectedBefore) this.#counters.reconnects++;
    this.#connectedBefore = true;
    this.#failures = 0;
    // Whatever was notified before this LISTEN was missed.
    this.#listener?.missed?.();
    this.#outbox.open();
    await this.#testSelf(connection);
    this.#beat(connection);
  }

  async #testSelf(connection: DirectConnection): Promise<void> {
    const test = `${SELF_TEST}${randomBytes(16).toString("hex")}`;
    this.#selfTest = test;
    this.#after(this.#timing.selfTest, () => {
      if (this.#selfTest !== test) return;
      this.#counters.lastError = "LISTEN receives nothing: a pooler in transaction mode stands before the database.";
      this.#log.warn(
        "self-test",
        { withinMilliseconds: this.#timing.selfTest },
        "A notification to this node itself did not arrive: a pooler in transaction mode stands before the database. Set DATABASE_DIRECT_URL to the server itself. Until then nodes find writes by looking into the log.",
      );
    });
    await connection.client.query("select pg_notify($1, $2)", [this.#name, test]);
  }

  /** Asks for a sign of life now and then: a server that vanished without a word ends no connection. */
  #beat(connection: DirectConnection): void {
    this.#after(this.#timing.heartbeat, () => {
      if (connection !== this.#connection) return;
      connection.client.query("select 1").then(
        () => {
          if (connection === this.#connection) this.#beat(connection);
        },
        (error: unknown) => this.#lose(connection, error),
      );
    });
  }

  #hear(payload: string): void {
    if (payload.startsWith(SELF_TEST)) {
      if (payload !== this.#selfTest) return;
      this.#selfTest = undefined;
      this.#hears = true;
      return;
    }
    const news = readNews(payload);
    if (news === undefined) {
      this.#counters.refused++;
      this.#log.warn("garbage", {}, "A notification that no node of this cluster sends was ignored.");
      return;
    }
    if (news.sender === this.#settings.identity.instanceId) return;
    this.#counters.received++;
    if (news.kind === "hint") this.#listener?.hint(news.revision);
    else this.#listener?.confirmed(news.sender, news.revision);
  }

  async #notify(news: News): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const payload = writeNews({ ...news, sender: this.#settings.identity.instanceId });
    try {
      await connection.client.query("select pg_notify($1, $2)", [this.#name, payload]);
      this.#counters.sent++;
    } catch (error) {
      this.#lose(connection, error);
    }
  }

  /** Gives a connection up and plans the next; heard only once for each. */
  #lose(connection: DirectConnection | undefined, error: unknown): void {
    if (this.#closed || connection !== this.#connection) return;
    this.#forget();
    connection?.tear();
    this.#counters.lastError = errorText(error);
    this.#log.warn(
      "lost",
      { reason: this.#counters.lastError },
      "There is no connection for LISTEN; it is tried again. Until then nodes find writes by looking into the log.",
    );
    const wait = backoff(this.#failures++, this.#timing.reconnectMinimum, this.#timing.reconnectMaximum);
    this.#after(wait, () => void this.#connect());
  }

  #forget(): void {
    this.#connection = undefined;
    this.#selfTest = undefined;
    this.#hears = false;
    this.#outbox.shut();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(milliseconds: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
