import type { Acknowledged, Entry, StoredSet } from "./stored-set.js";

/** Writes one version after the other, from `newest` on, through the nodes that it is given, and remembers what came of each. */
export class SteadyWriter implements AsyncDisposable {
  readonly set: StoredSet;
  readonly #choose: () => Entry;
  readonly #acknowledged: (version: number, how: Acknowledged) => void;
  #writing = true;
  #done: Promise<void> = Promise.resolve();
  /** The last version that was tried, and the last that was acknowledged. */
  tried: number;
  acknowledged: number;
  /** What came of the writes that were not acknowledged. */
  readonly failures: string[] = [];

  constructor(
    set: StoredSet,
    choose: () => Entry,
    acknowledged: (version: number, how: Acknowledged) => void = () => {},
    newest = 1,
  ) {
    this.tried = newest;
    this.acknowledged = newest;
    this.set = set;
    this.#choose = choose;
    this.#acknowledged = acknowledged;
  }

  start(): this {
    this.#done = this.#write();
    return this;
  }

  /** Waits for the write under way. */
  async stop(): Promise<void> {
    this.#writing = false;
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #write(): Promise<void> {
    while (this.#writing) {
      const version = ++this.tried;
      try {
        const how = await this.set.writeModel(this.#choose(), version);
        this.acknowledged = version;
        this.#acknowledged(version, how);
      } catch (error) {
        // Not acknowledged: it may be there or not.
        this.failures.push(String(error));
      }
    }
  }
}
