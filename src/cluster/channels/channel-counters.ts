import type { ChannelKind, ChannelState } from "../channel.js";

/** Counts what a channel does, for its state. */
export class ChannelCounters {
  sent = 0;
  received = 0;
  refused = 0;
  reconnects = 0;
  lastError: string | undefined;

  state(kind: ChannelKind, connected: boolean, peers: readonly string[]): ChannelState {
    return {
      kind,
      connected,
      peers,
      sent: this.sent,
      received: this.received,
      refused: this.refused,
      reconnects: this.reconnects,
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
    };
  }
}

/** One line for the state and the log about something that was thrown. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An attempt at several addresses fails with an error without text that holds the others.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const told: Error = first instanceof Error ? first : error;
  return told.message === "" ? told.name : (told.message.split("\n", 1)[0] ?? told.name);
}

/** The `code` of a system or OpenSSL error, empty when it has none. */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
