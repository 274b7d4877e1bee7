import { once } from "node:events";
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import { type ChannelCounters, errorCode, errorText } from "./channel-counters.js";
import { type ChannelSettings, type ChannelTiming, timingOf } from "./channel-settings.js";
import { plainAddress } from "./discovery.js";
import { createMeshServer, handshakeFailure } from "./mesh-tls.js";
import { type RateLimitedLog, shown } from "./rate-limited-log.js";

const PORTS_TRIED = 20;
const MOST_STRANGERS = 64;
const MOST_CONNECTIONS = 1_024;

/**
 * Listens for other nodes. Whoever has not said a valid hello yet is a stranger; only so many of them are let in at a
 * time, and a new one takes the place of the oldest: who fills the places and says nothing keeps no node out.
 */
export class MeshListener {
  readonly #settings: ChannelSettings;
  readonly #timing: ChannelTiming;
  readonly #counters: ChannelCounters;
  readonly #log: RateLimitedLog;
  readonly #welcome: (socket: TLSSocket) => void;
  /** By address and port of the other end, the oldest first. */
  readonly #strangers = new Map<string, Socket>();
  #server: Server | undefined;
  #port: number | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    settings: ChannelSettings,
    counters: ChannelCounters,
    log: RateLimitedLog,
    welcome: (socket: TLSSocket) => void,
  ) {
    this.#settings = settings;
    this.#timing = timingOf(settings);
    this.#counters = counters;
    this.#log = log;
    this.#welcome = welcome;
  }

  /** Where it listens; undefined while it cannot. */
  get port(): number | undefined {
    return this.#port;
  }

  /** How many connections have not said hello yet. */
  get strangers(): number {
    return this.#strangers.size;
  }

  /** Listens on the first free one of 20 ports; when none is, tries again later and resolves all the same. */
  async start(): Promise<void> {
    const first = this.#settings.port;
    const last = first === 0 ? 0 : Math.min(65_535, first + PORTS_TRIED - 1);
    for (let port = first; port <= last && !this.#closed; port++) {
      const failure = await this.#listen(port);
      if (failure === undefined) {
        if (this.#port !== first && first !== 0) {
          this.#settings.logger.info(
            { port: this.#port, taken: first },
            "The cluster port is taken; the next free one is used.",
          );
        }
        return;
      }
      this.#counters.lastError = errorText(failure);
      if (errorCode(failure) !== "EADDRINUSE") break;
    }
    if (this.#closed) return;
    this.#log.warn(
      "listen",
      { ports: `${first}-${last}`, reason: this.#counters.lastError },
      "Other nodes cannot reach this one: it cannot listen on its cluster port. It is tried again.",
    );
    this.#retry = setTimeout(() => void this.start(), this.#timing.resolve);
  }

  /** The other end of this connection is a node of this cluster. */
  admit(socket: TLSSocket): void {
    this.#strangers.delete(keyOf(socket));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#port = undefined;
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const stranger of this.#strangers.values()) stranger.destroy();
    await closed;
  }

  async #listen(port: number): Promise<unknown> {
    const server = createMeshServer(this.#settings.cluster, this.#timing.handshake, (identity, socket) => {
      const from = plainAddress(socket.remoteAddress ?? "");
      this.#log.warn(
        `cluster ${from}`,
        { from, cluster: shown(identity) },
        "A node of another cluster tried to connect and was refused.",
      );
    });
    server.maxConnections = MOST_CONNECTIONS;
    server.on("connection", (socket: Socket) => this.#letIn(socket));
    server.on("secureConnection", (socket) => this.#welcome(socket));
    server.on("tlsClientError", (error, socket) => {
      this.#refuse(error, plainAddress(socket.remoteAddress ?? ""));
      // Node ends the connection after every error but this one.
      if (errorCode(error) === "ERR_TLS_HANDSHAKE_TIMEOUT") socket.destroy();
    });
    try {
      server.listen({
        port,
        ...(this.#settings.bindAddress === undefined ? {} : { host: this.#settings.bindAddress }),
      });
      await once(server, "listening");
    } catch (error) {
      return error;
    }
    server.on("error", (error) => {
      this.#counters.lastError = errorText(error);
    });
    const address = server.address();
    this.#port = typeof address === "object" && address !== null ? address.port : port;
    this.#server = server;
    // Closed while it was about to listen.
    if (this.#closed) await this.close();
    return undefined;
  }

  #letIn(socket: Socket): void {
    const key = keyOf(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => this.#strangers.delete(key));
    this.#strangers.set(key, socket);
    if (this.#strangers.size <= MOST_STRANGERS) return;
    const oldest = this.#strangers.entries().next();
    if (oldest.done === true) return;
    const [oldestKey, oldestSocket] = oldest.value;
    this.#strangers.delete(oldestKey);
    this.#counters.refused++;
    oldestSocket.destroy();
    this.#log.warn(
      "strangers",
      { limit: MOST_STRANGERS },
      "Too many connections that do not say who they are; the oldest was closed.",
    );
  }

  #refuse(error: Error, from: string): void {
    const failure = handshakeFailure(error);
    switch (failure) {
      case "closed":
      case "network":
        // Somebody looked whether the port is open, or was sent away by us.
        return;
      case "cluster":
        this.#counters.refused++;
        return;
      case "secret":
        this.#counters.refused++;
        this.#log.warn(
          `secret ${from}`,
          { from },
          "A node with another cluster secret tried to connect and was refused.",
        );
        return;
      case "not-tls":
        this.#counters.refused++;
        this.#log.warn(
          `not-tls ${from}`,
          { from, reason: errorCode(error) },
          "A connection to the cluster port was closed: it does not speak the protocol of nodes.",
        );
        return;
      default:
        failure satisfies never;
    }
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}
