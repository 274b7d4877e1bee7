import { backoff } from "./backoff.js";
import type { ChannelTiming } from "./channel-settings.js";
import { type PeerAddress, plainAddress } from "./discovery.js";

const MOST_ADDRESSES = 1_024;
/** An address stays known for so many rounds of discovery after it was last found. */
const ROUNDS_KEPT = 3;
const SELF_AGAIN_MILLISECONDS = 5_000;
const SELF_AGAIN_AT_MOST_MILLISECONDS = 60_000;

/** An address at which a node may be, and what is known about it. */
export interface KnownAddress {
  readonly address: string;
  readonly port: number;
  instanceId: string | undefined;
  foundAt: number;
  failures: number;
  dialAt: number;
  dialing: boolean;
}

/** The addresses that discovery has found, and when each should be tried (again). All times are monotonic. */
export class PeerAddresses {
  readonly #ownId: string;
  readonly #timing: ChannelTiming;
  readonly #addresses = new Map<string, KnownAddress>();

  constructor(ownId: string, timing: ChannelTiming) {
    this.#ownId = ownId;
    this.#timing = timing;
  }

  get size(): number {
    return this.#addresses.size;
  }

  /** Something is said to be there. */
  found({ address, port, instanceId }: PeerAddress): void {
    if (instanceId === this.#ownId) return;
    const now = performance.now();
    const key = `${plainAddress(address)}|${port}`;
    const known = this.#addresses.get(key);
    if (known !== undefined) {
      known.foundAt = now;
      // A new node has taken the place of another one: whatever failed before says nothing about it.
      if (instanceId !== undefined && known.instanceId !== instanceId) {
        known.instanceId = instanceId;
        known.failures = 0;
        known.dialAt = Math.min(known.dialAt, now + this.#courtesy(instanceId));
      }
      return;
    }
    if (this.#addresses.size >= MOST_ADDRESSES) this.#forget(now);
    if (this.#addresses.size >= MOST_ADDRESSES) return;
    const dialAt = now + this.#courtesy(instanceId);
    const added = {
      address: plainAddress(address),
      port,
      instanceId,
      foundAt: now,
      failures: 0,
      dialAt,
      dialing: false,
    };
    this.#addresses.set(key, added);
  }

  /** What should be dialed now, given the nodes that are connected. */
  due(connected: ReadonlySet<string>): readonly KnownAddress[] {
    const now = performance.now();
    this.#forget(now);
    return this.#wanted(connected).filter((known) => known.dialAt <= now);
  }

  /** Milliseconds until something is due; undefined when nothing is wanted. */
  nextDue(connected: ReadonlySet<string>): number | undefined {
    const wanted = this.#wanted(connected);
    if (wanted.length === 0) return undefined;
    return Math.max(0, Math.min(...wanted.map((known) => known.dialAt)) - performance.now());
  }

  /** An attempt led to this node. */
  reached(known: KnownAddress, instanceId: string): void {
    if (instanceId === this.#ownId) {
      if (known.instanceId !== instanceId) known.failures = 0;
      const wait = Math.min(SELF_AGAIN_AT_MOST_MILLISECONDS, SELF_AGAIN_MILLISECONDS * 2 ** known.failures);
      known.failures = Math.min(known.failures + 1, 10);
      known.dialAt = performance.now() + wait;
    } else {
      known.failures = 0;
      known.dialAt = performance.now() + backoff(0, this.#timing.reconnectMinimum, this.#timing.reconnectMaximum);
    }
    known.instanceId = instanceId;
  }

  /** An attempt led to nobody who belongs here. */
  failed(known: KnownAddress): void {
    const { reconnectMinimum, reconnectMaximum } = this.#timing;
    known.dialAt = performance.now() + backoff(known.failures, reconnectMinimum, reconnectMaximum);
    known.failures++;
  }

  /** The connections to a node are lost: its addresses are tried soon. */
  lost(instanceId: string): void {
    const soon = performance.now() + backoff(0, this.#timing.reconnectMinimum, this.#timing.reconnectMaximum);
    for (const known of this.#addresses.values()) {
      if (known.instanceId === instanceId) known.dialAt = Math.min(known.dialAt, soon);
    }
  }

  #wanted(connected: ReadonlySet<string>): readonly KnownAddress[] {
    return [...this.#addresses.values()].filter(
      (known) => !known.dialing && (known.instanceId === undefined || !connected.has(known.instanceId)),
    );
  }

  #courtesy(instanceId: string | undefined): number {
    return instanceId !== undefined && instanceId < this.#ownId ? this.#timing.courtesy : 0;
  }

  #forget(now: number): void {
    const kept = ROUNDS_KEPT * this.#timing.resolve;
    for (const [key, known] of this.#addresses) {
      if (!known.dialing && now - known.foundAt > kept) this.#addresses.delete(key);
    }
  }
}
