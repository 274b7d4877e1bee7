import type { StoredMember } from "../store/member-repository.js";
import type { Revision } from "../store/stored.js";
import { type Clock, elapsed, type Moment } from "./clock.js";

export interface WriteAcknowledgementParts {
  /** Who waits for the others. */
  readonly instanceId: string;
  /** Reads the members table as it is now. */
  readonly listMembers: () => Promise<readonly StoredMember[]>;
  readonly clock: Clock;
  /** How long a write waits at most; 0 waits for nobody. */
  readonly writeWaitMilliseconds: number;
}

interface Waiting {
  readonly revision: Revision;
  readonly since: Moment;
  /** The other members, and when they were read; from a reading that began after the write. */
  members: readonly StoredMember[] | undefined;
  readAt: Moment;
  readonly settle: () => void;
}

const FIRST_POLL_MILLISECONDS = 5;
const SLOWEST_POLL_MILLISECONDS = 50;
/** More nodes than any cluster has; bounds what a peer can make this node remember. */
const MOST_CONFIRMATIONS = 1_000;

/**
 * Waits until everybody has a write (design, Cluster: Everybody at once).
 *
 * When {@link wait} resolves before its time is over, no live member answers from anything older than the write. For every
 * node there are three cases:
 *
 * - It stands in the members table that was read after the commit and has confirmed the position, there or through the
 *   channel. It confirms after evicting, so it has dropped the old.
 * - It stands there and has not confirmed. Any sync of it that did not see the write began before the commit, and the
 *   report of that sync was committed before it read the log, so the row shows that report or a later one. The node may
 *   go on without asking for its staleness bound after the beginning of that sync: the bound has run out when the row is
 *   older than it, and at the latest when that time has passed here since the write. After that it asks before it
 *   answers, and then sees the write.
 * - It does not stand there. Then its first report came after the reading, and with it everything that its caches hold.
 *
 * A node that is cut off from the database and goes on under the stale policy says so in every answer.
 */
export class WriteAcknowledgement {
  readonly #parts: WriteAcknowledgementParts;
  readonly #waiting = new Set<Waiting>();
  /** What members said through the channel, latest speaker last. */
  readonly #confirmations = new Map<string, Revision>();
  #polling = false;

  constructor(parts: WriteAcknowledgementParts) {
    this.#parts = parts;
  }

  /** Resolves when every live member has the write or cannot serve older, or the time is over. Never rejects. */
  wait(revision: Revision): Promise<void> {
    const { clock, writeWaitMilliseconds } = this.#parts;
    if (writeWaitMilliseconds === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const since = clock.now();
      const callOff = clock.after(writeWaitMilliseconds, () => waiting.settle());
      const waiting: Waiting = {
        revision,
        since,
        members: undefined,
        readAt: since,
        settle: () => {
          callOff();
          this.#waiting.delete(waiting);
          resolve();
        },
      };
      this.#waiting.add(waiting);
      if (!this.#polling) void this.#poll(FIRST_POLL_MILLISECONDS);
    });
  }

  /** A member says through the channel what it has applied. */
  confirmed(instanceId: string, applied: Revision): void {
    this.#confirmations.delete(instanceId);
    if (this.#confirmations.size >= MOST_CONFIRMATIONS) {
      const longestSilent = this.#confirmations.keys().next();
      if (longestSilent.done !== true) this.#confirmations.delete(longestSilent.value);
    }
    this.#confirmations.set(instanceId, applied);
    for (const waiting of [...this.#waiting]) this.#settleWhenEverybodyHas(waiting);
  }

  /** Lets everybody go who still waits. */
  close(): void {
    for (const waiting of [...this.#waiting]) waiting.settle();
  }

  /** One reading of the table for all who wait, again and again while anybody does. */
  async #poll(interval: number): Promise<void> {
    this.#polling = true;
    const { clock, listMembers, instanceId } = this.#parts;
    // Who joins while the table is being read may be missing from it what its write has to wait for.
    const asking = [...this.#waiting];
    const readAt = clock.now();
    try {
      const others = (await listMembers()).filter((member) => member.instanceId !== instanceId);
      for (const waiting of asking) {
        waiting.members = others;
        waiting.readAt = readAt;
        this.#settleWhenEverybodyHas(waiting);
      }
    } catch {
      // The database does not answer: the time that everybody has at most runs on without it.
    }
    if (this.#waiting.size === 0) {
      this.#polling = false;
      return;
    }
    const newcomers = [...this.#waiting].some((waiting) => waiting.members === undefined);
    const next = newcomers ? FIRST_POLL_MILLISECONDS : Math.min(interval * 1.5, SLOWEST_POLL_MILLISECONDS);
    clock.after(next, () => void this.#poll(next));
  }

  #settleWhenEverybodyHas(waiting: Waiting): void {
    const { members, readAt, since, revision } = waiting;
    if (members === undefined || !this.#waiting.has(waiting)) return;
    const now = this.#parts.clock.now();
    const outstanding = members.some((member) => {
      const bound = member.maxStalenessMilliseconds;
      const isOver = member.seenMillisecondsAgo + elapsed(readAt, now) > bound || elapsed(since, now) > bound;
      return !isOver && !has(member.applied, revision) && !has(this.#confirmations.get(member.instanceId), revision);
    });
    if (!outstanding) waiting.settle();
  }
}

function has(applied: Revision | undefined, revision: Revision): boolean {
  return applied !== undefined && applied.epoch === revision.epoch && applied.position >= revision.position;
}
