import type { CacheInvalidation } from "../cache/cache-statistics.js";
import { Problem } from "../errors/problem.js";
import type { LogRound } from "../store/log-round.js";
import type { Revision } from "../store/stored.js";
import { type Clock, elapsed, type Moment, Patience, pause, within } from "./clock.js";
import type { Freshness } from "./cluster-state.js";
import { CLUSTER_BEHIND, CLUSTER_CUT_OFF, CLUSTER_REVISION_FOREIGN } from "./problems.js";

/** Why everything was dropped. */
export type DropCause = "epoch changed" | "head went back" | "log pruned";

/** What the follower reads of a round; the rest of it is for others. */
export type FollowedRound = Pick<LogRound, "head" | "oldest" | "entries" | "more">;

export interface FollowerSettings {
  readonly pollMilliseconds: number;
  readonly maxStalenessMilliseconds: number;
  readonly stalePolicy: "serve" | "refuse";
  /** How long a request waits at most for what it requires. */
  readonly waitMilliseconds: number;
}

export interface FollowerParts {
  /** Reports what was applied and reads what came after it. Is called one at a time, and given up when `signal` aborts. */
  readonly readRound: (applied: Revision | undefined, signal: AbortSignal) => Promise<FollowedRound>;
  /** Told as soon as more was applied; the next round waits for it. Its failure is of no consequence. */
  readonly report: (applied: Revision) => Promise<void>;
  readonly caches: CacheInvalidation;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly settings: FollowerSettings;
  readonly events: FollowerEvents;
}

/** What is worth a line in the log. */
export interface FollowerEvents {
  dropped(cause: DropCause): void;
  cutOff(error: unknown): void;
  healed(): void;
}

/** Rests between attempts while the database does not answer, so that a crowd of requests is no hammer. */
const REST_MILLISECONDS = 20;
const LONGEST_BACKOFF_MILLISECONDS = 5_000;
/** How many attempts in a row must fail before a node believes that it is cut off: one may have met a dying connection. */
const FAILURES_OF_CUT_OFF = 2;

/**
 * A node that follows the invalidation log (docs/decisions/0003-cluster.md).
 *
 * It knows `applied`, the position up to which it has applied the log without gaps, and `syncedAt`, when the last
 * successful sync *began*. It starts with neither; the first sync sets both and the caches are empty. From then on:
 *
 * - **Syncing.** At most one sync is under way. It reads head and entries after `applied` in one snapshot, evicts what they
 *   name, moves `applied` to that head and `syncedAt` to its own beginning. Who asks while one is under way gets the next
 *   one, shared with all who ask meanwhile: only a sync that began after the question proves anything. A sync that takes
 *   too long is given up together with its connection, and whatever it may still bring is ignored.
 * - **When.** Every poll interval, on a hint beyond `applied`, and when a request asks. A hint that a sync does not find
 *   true makes hints be ignored for a poll interval, so that a peer which is wrong cannot keep a node busy.
 * - **Dropping everything.** When the epoch is another one, when the head is below `applied`, and when the log no longer
 *   goes back to `applied`, all caches are dropped and `applied` jumps to the head.
 * - **Fresh** is the node while `syncedAt` is younger than the staleness bound. Older, a request asks for a sync first; a
 *   process that was stopped finds this on waking, because it asks the clock and not its timers.
 * - **Cut off** is the node when `syncedAt` is older than the bound and the last attempts have failed. Polls then come at
 *   growing, jittered intervals, but every request still makes an attempt of its own, so that the first answer after the
 *   database is back is fresh again. Whether a request whose attempts failed gets an answer is the stale policy's choice.
 *   The first sync that succeeds ends it.
 */
export class LogFollower {
  readonly #parts: FollowerParts;
  #applied: Revision | undefined;
  #syncedAt: Moment | undefined;
  #failures = 0;
  #saidCutOff = false;
  #fullDrops = 0;
  #running: { readonly outcome: Promise<boolean>; readonly ended: Promise<void> } | undefined;
  #queued: Promise<boolean> | undefined;
  #lastFailure: unknown;
  #doubtHintsFrom: Moment | undefined;
  #callOffPoll: () => void = () => {};
  readonly #closing = new AbortController();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Syncs for the first time and goes on by itself. Rejects with what the database said when that first time fails. */
  async start(): Promise<void> {
    if (!(await this.sync())) throw this.#lastFailure;
  }

  /** Up to where the log is applied here; undefined before {@link start}. */
  get applied(): Revision | undefined {
    return this.#applied;
  }

  /** Whether the log is applied here up to that revision. */
  has(revision: Revision): boolean {
    const applied = this.#applied;
    return applied !== undefined && applied.epoch === revision.epoch && applied.position >= revision.position;
  }

  get fullDrops(): number {
    return this.#fullDrops;
  }

  /** Age of the beginning of the last successful sync; infinite before the first one. */
  ageMilliseconds(): number {
    return this.#syncedAt === undefined ? Number.POSITIVE_INFINITY : elapsed(this.#syncedAt, this.#parts.clock.now());
  }

  /** Whether the staleness bound has not run out since then. */
  isYoung(): boolean {
    return this.ageMilliseconds() <= this.#parts.settings.maxStalenessMilliseconds;
  }

  /** Whether the node could say now that it has seen the log lately, or would if it were asked. */
  freshness(): Freshness {
    return this.#failures >= FAILURES_OF_CUT_OFF && !this.isYoung() ? "cut-off" : "fresh";
  }

  /** Somebody says that the log goes up to there. Believed as far as it makes the node look. */
  hint(revision: Revision): void {
    if (this.#closing.signal.aborted || this.has(revision)) return;
    const { clock, settings } = this.#parts;
    const doubt = this.#doubtHintsFrom;
    if (doubt !== undefined && elapsed(doubt, clock.now()) < settings.pollMilliseconds) return;
    void this.sync().then((synced) => {
      this.#doubtHintsFrom = synced && !this.has(revision) ? clock.now() : undefined;
    });
  }

  /**
   * To be awaited before a cache is used. Costs nothing while the last sync is young enough and nothing more is required.
   * Throws Problems CLUSTER_BEHIND, CLUSTER_CUT_OFF and CLUSTER_REVISION_FOREIGN as `ClusterNode.fresh` says.
   */
  async fresh(required?: Revision): Promise<Freshness> {
    if (this.isYoung() && (required === undefined || this.has(required))) return "fresh";
    const reached = await this.reach(required);
    switch (reached) {
      case "reached":
        return "fresh";
      case "foreign":
        throw new Problem(CLUSTER_REVISION_FOREIGN, "The required revision belongs to another epoch of the log.");
      case "behind":
        throw new Problem(
          CLUSTER_BEHIND,
          `This node has not reached the required revision within ${this.#parts.settings.waitMilliseconds} ms.`,
        );
      case "cut off":
        if (this.#parts.settings.stalePolicy === "serve") return "cut-off";
        throw new Problem(CLUSTER_CUT_OFF, "The database does not answer, so nobody knows what has changed.");
    }
  }

  /**
   * Waits for a sync that begins from now on and has what is required. `cut off`: no sync succeeded, but the node has what
   * is required; `behind`: it has not, in time; `foreign`: it never will.
   */
  async reach(required?: Revision): Promise<"reached" | "cut off" | "behind" | "foreign"> {
    const { clock, settings } = this.#parts;
    const patience = new Patience(clock, settings.waitMilliseconds);
    try {
      return await this.#reachWithin(patience, required);
    } finally {
      patience.end();
    }
  }

  async #reachWithin(
    patience: Patience,
    required: Revision | undefined,
  ): Promise<"reached" | "cut off" | "behind" | "foreign"> {
    const { clock, settings } = this.#parts;
    const rest = (milliseconds: number) => Promise.race([pause(clock, milliseconds), patience.over]);
    let failures = 0;
    for (;;) {
      const synced = patience.isOver ? "too late" : await Promise.race([this.sync(), patience.over]);
      const enough = required === undefined || this.has(required);
      if (synced === true) {
        // A process that was stopped in the middle of it has a success in hand that says nothing about now.
        if (enough && this.isYoung()) return "reached";
        if (required !== undefined && required.epoch !== this.#applied?.epoch) return "foreign";
        // A position that was never given out: nothing but time can bring it.
        if (!enough) await rest(settings.pollMilliseconds);
      } else if (synced === "too late" || (enough && ++failures >= FAILURES_OF_CUT_OFF)) {
        return enough ? "cut off" : "behind";
      } else {
        await rest(REST_MILLISECONDS);
      }
    }
  }

  /** A sync that begins from now on; tells whether it succeeded, never rejects. */
  sync(): Promise<boolean> {
    if (this.#running === undefined) return this.#begin();
    this.#queued ??= this.#running.ended.then(() => {
      this.#queued = undefined;
      return this.#running === undefined ? this.#begin() : this.#running.outcome;
    });
    return this.#queued;
  }

  /** Stops following, and waits for the sync under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#callOffPoll();
    await this.#queued;
    await this.#running?.ended;
  }

  #begin(): Promise<boolean> {
    const before = this.#applied;
    const outcome = this.#attempt();
    const ended = outcome.then(async (synced) => {
      const applied = this.#applied;
      if (synced && applied !== undefined && applied !== before) await this.#report(applied);
      this.#running = undefined;
    });
    this.#running = { outcome, ended };
    return outcome;
  }

  async #attempt(): Promise<boolean> {
    const { clock, settings, readRound } = this.#parts;
    if (this.#failures > 0) await pause(clock, REST_MILLISECONDS);
    if (this.#closing.signal.aborted) return false;
    this.#callOffPoll();
    const giveUp = new AbortController();
    const began = clock.now();
    try {
      const bound = settings.maxStalenessMilliseconds;
      // Shorter when cut off: a connection attempt begun in the outage must not outlast it.
      const patience = this.#failures === 0 ? bound : bound / 2;
      const round = await within(
        clock,
        patience,
        readRound(this.#applied, AbortSignal.any([giveUp.signal, this.#closing.signal])),
      );
      if (round === "too late") throw new Error(`no answer within ${patience} ms`);
      this.#apply(round);
      this.#syncedAt = began;
      this.#failures = 0;
      if (this.#saidCutOff) this.#parts.events.healed();
      this.#saidCutOff = false;
      return true;
    } catch (error) {
      giveUp.abort();
      this.#failed(error);
      return false;
    } finally {
      this.#pollLater(began);
    }
  }

  #apply({ head, oldest, entries, more }: FollowedRound): void {
    const { caches } = this.#parts;
    const applied = this.#applied;
    if (applied === undefined) caches.dropAll();
    else if (head.epoch !== applied.epoch) this.#drop("epoch changed");
    else if (head.position < applied.position) this.#drop("head went back");
    else if (head.position > applied.position) {
      const reachesBack = oldest !== undefined && oldest <= applied.position + 1 && !more;
      if (reachesBack) caches.apply(entries);
      else this.#drop("log pruned");
    } else return;
    this.#applied = Object.freeze({ epoch: head.epoch, position: head.position });
  }

  async #report(applied: Revision): Promise<void> {
    const { clock, settings, report } = this.#parts;
    await within(clock, settings.maxStalenessMilliseconds, report(applied)).catch(() => {});
  }

  #drop(cause: DropCause): void {
    this.#fullDrops++;
    this.#parts.caches.dropAll();
    this.#parts.events.dropped(cause);
  }

  #failed(error: unknown): void {
    this.#failures++;
    this.#lastFailure = error;
    if (this.#applied === undefined || this.#saidCutOff || this.freshness() === "fresh") return;
    this.#saidCutOff = true;
    this.#parts.events.cutOff(error);
  }

  /** From the beginning of one sync to that of the next, so that slow syncs do not make the age grow beyond the interval. */
  #pollLater(began: Moment): void {
    this.#callOffPoll();
    if (this.#closing.signal.aborted || this.#applied === undefined) return;
    const { clock, settings, random } = this.#parts;
    const backoff = Math.min(
      settings.pollMilliseconds * 2 ** Math.min(this.#failures, 10),
      LONGEST_BACKOFF_MILLISECONDS,
    );
    const interval = this.#failures === 0 ? settings.pollMilliseconds : backoff * (0.5 + random() / 2);
    const passed = elapsed(began, clock.now());
    this.#callOffPoll = clock.after(Math.max(0, interval - passed), () => void this.sync());
  }
}
