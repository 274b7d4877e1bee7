import type { TLSSocket } from "node:tls";
import { type ChannelCounters, errorCode, errorText } from "./channel-counters.js";
import { type ChannelSettings, type ChannelTiming, timingOf } from "./channel-settings.js";
import { connectMesh, handshakeFailure } from "./mesh-tls.js";
import type { KnownAddress, PeerAddresses } from "./peer-addresses.js";
import type { RateLimitedLog } from "./rate-limited-log.js";

const MOST_AT_ONCE = 16;
const SHORTEST_WAIT_MILLISECONDS = 10;

/** Connects to the addresses that are due, up to the end of the TLS handshake. */
export class MeshDialer {
  readonly #settings: ChannelSettings;
  readonly #timing: ChannelTiming;
  readonly #counters: ChannelCounters;
  readonly #log: RateLimitedLog;
  readonly #addresses: PeerAddresses;
  readonly #connected: () => ReadonlySet<string>;
  readonly #reached: (socket: TLSSocket, known: KnownAddress) => void;
  readonly #dialing = new Map<KnownAddress, TLSSocket | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    settings: ChannelSettings,
    counters: ChannelCounters,
    log: RateLimitedLog,
    addresses: PeerAddresses,
    connected: () => ReadonlySet<string>,
    reached: (socket: TLSSocket, known: KnownAddress) => void,
  ) {
    this.#settings = settings;
    this.#timing = timingOf(settings);
    this.#counters = counters;
    this.#log = log;
    this.#addresses = addresses;
    this.#connected = connected;
    this.#reached = reached;
  }

  /** Something has changed: works out what to dial now, and when to look again. */
  plan(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const connected = this.#connected();
    for (const known of this.#addresses.due(connected)) {
      if (this.#dialing.size >= MOST_AT_ONCE) return;
      this.#dial(known);
    }
    const next = this.#addresses.nextDue(connected);
    if (next === undefined) return;
    this.#timer = setTimeout(() => this.plan(), Math.max(SHORTEST_WAIT_MILLISECONDS, next));
  }

  /** The attempt at this address is over, well or badly. */
  finished(known: KnownAddress): void {
    known.dialing = false;
    this.#dialing.delete(known);
    this.plan();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const socket of this.#dialing.values()) socket?.destroy();
  }

  #dial(known: KnownAddress): void {
    known.dialing = true;
    const socket = connectMesh(this.#settings.cluster, known.address, known.port);
    this.#dialing.set(known, socket);
    const timer = setTimeout(
      () => socket.destroy(new Error(`No answer from ${known.address}:${known.port}.`)),
      this.#timing.handshake,
    );
    let failure: Error | undefined;
    const failed = (error: Error): void => {
      failure = error;
    };
    const ended = (): void => {
      clearTimeout(timer);
      if (this.#closed) return;
      this.#explain(known, failure);
      this.#addresses.failed(known);
      this.finished(known);
    };
    socket.on("error", failed);
    socket.on("close", ended);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      socket.off("close", ended);
      // From here on the connection has an owner who hears of its errors.
      this.#dialing.set(known, undefined);
      this.#reached(socket, known);
      socket.off("error", failed);
    });
  }

  #explain(known: KnownAddress, error: Error | undefined): void {
    const at = `${known.address}:${known.port}`;
    this.#counters.lastError = error === undefined ? `${at} closed the connection.` : `${at}: ${errorText(error)}`;
    const failure = handshakeFailure(error);
    switch (failure) {
      case "network":
        // Nobody is there, or not yet; the state says so.
        return;
      case "secret":
        this.#counters.refused++;
        this.#log.warn(
          `dial secret ${at}`,
          { at },
          "A node has another cluster secret; there is no connection with it.",
        );
        return;
      case "cluster":
        this.#counters.refused++;
        this.#log.warn(
          `dial cluster ${at}`,
          { at },
          "A node belongs to another cluster; there is no connection with it.",
        );
        return;
      case "closed":
        this.#log.warn(
          `dial closed ${at}`,
          { at },
          "A node closed the connection during the handshake: it stops, or its cluster name or secret is another.",
        );
        return;
      case "not-tls":
        this.#counters.refused++;
        this.#log.warn(
          `dial not-tls ${at}`,
          { at, reason: errorCode(error) },
          "What listens there is no node: it does not speak the protocol of nodes.",
        );
        return;
      default:
        failure satisfies never;
    }
  }
}
