import { errorText } from "./channel-counters.js";
import type { Discovery, PeerAddress } from "./discovery.js";
import { isNoSuchName } from "./resolve-hosts.js";

/**
 * Asks for the addresses of the other nodes again and again. While nobody answers, the last answer holds: peers must not
 * be lost because a name server is restarted.
 */
export class NameDiscovery implements Discovery {
  readonly #ask: () => Promise<readonly PeerAddress[]>;
  readonly #everyMilliseconds: number;
  #timer: NodeJS.Timeout | undefined;
  #last: readonly PeerAddress[] = [];
  #failure: string | undefined;
  #closed = false;

  constructor(ask: () => Promise<readonly PeerAddress[]>, everyMilliseconds: number) {
    this.#ask = ask;
    this.#everyMilliseconds = everyMilliseconds;
  }

  async start(found: (addresses: readonly PeerAddress[]) => void): Promise<void> {
    const round = async (): Promise<void> => {
      await this.#search();
      if (this.#closed) return;
      found(this.#last);
      this.#timer = setTimeout(() => void round(), this.#everyMilliseconds);
    };
    void round();
  }

  failure(): string | undefined {
    return this.#failure;
  }

  hurry(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #search(): Promise<void> {
    try {
      this.#last = await this.#ask();
      this.#failure = this.#last.length === 0 ? "The name has no address." : undefined;
    } catch (error) {
      this.#failure = errorText(error);
      if (isNoSuchName(error)) this.#last = [];
    }
  }
}
