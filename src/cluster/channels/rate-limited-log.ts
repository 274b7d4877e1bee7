import type { ChannelLogger } from "./channel-settings.js";

const MOST_KEYS = 256;

/**
 * Logs what strangers and broken networks cause: the same thing once in a period, with the number of times it was held
 * back meanwhile. What it remembers is bounded, so that it cannot be filled from outside.
 */
export class RateLimitedLog {
  readonly #logger: ChannelLogger;
  readonly #quietMilliseconds: number;
  readonly #said = new Map<string, { readonly at: number; heldBack: number }>();

  constructor(logger: ChannelLogger, quietMilliseconds: number) {
    this.#logger = logger;
    this.#quietMilliseconds = quietMilliseconds;
  }

  info(key: string, fields: object, message: string): void {
    this.#say("info", key, fields, message);
  }

  warn(key: string, fields: object, message: string): void {
    this.#say("warn", key, fields, message);
  }

  #say(level: "info" | "warn", key: string, fields: object, message: string): void {
    const now = performance.now();
    const before = this.#said.get(key);
    if (before !== undefined && now - before.at < this.#quietMilliseconds) {
      before.heldBack++;
      return;
    }
    this.#said.delete(key);
    if (this.#said.size >= MOST_KEYS) {
      const oldest = this.#said.keys().next();
      if (oldest.done !== true) this.#said.delete(oldest.value);
    }
    this.#said.set(key, { at: now, heldBack: 0 });
    const held = before === undefined || before.heldBack === 0 ? {} : { heldBack: before.heldBack };
    this.#logger[level]({ ...fields, ...held }, message);
  }
}

/** Text of a stranger as it may stand in a log: printable ASCII, short. */
export function shown(text: string): string {
  return text.slice(0, 64).replace(/[^\x20-\x7e]/g, "?");
}
