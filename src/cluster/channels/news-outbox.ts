import type { Revision } from "../../store/stored.js";
import { furtherRevision, type News, type NewsKind } from "./cluster-message.js";

/**
 * Sends news one at a time. What was told while a message is on its way, or while there is no connection, is kept only
 * as the furthest revision of each kind: a position says everything that the positions before it said.
 */
export class NewsOutbox {
  readonly #deliver: (news: News) => Promise<void>;
  readonly #waiting = new Map<NewsKind, Revision>();
  #open = false;
  #sending = false;

  /** `deliver` sends one message; when it fails the message is given up. */
  constructor(deliver: (news: News) => Promise<void>) {
    this.#deliver = deliver;
  }

  post(kind: NewsKind, revision: Revision): void {
    this.#waiting.set(kind, furtherRevision(this.#waiting.get(kind), revision));
    void this.#send();
  }

  /** There is a connection: sends what has waited. */
  open(): void {
    this.#open = true;
    void this.#send();
  }

  /** There is none: keeps what is posted. */
  shut(): void {
    this.#open = false;
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      await this.#deliver(next).catch(() => {});
    }
    this.#sending = false;
  }

  #take(): News | undefined {
    if (!this.#open) return undefined;
    for (const [kind, revision] of this.#waiting) {
      this.#waiting.delete(kind);
      return { kind, revision };
    }
    return undefined;
  }
}
