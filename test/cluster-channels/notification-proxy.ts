import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { ConnectionOptions } from "../../src/store/connection-options.js";

const NOTIFICATION = "A".charCodeAt(0);

/**
 * Stands before Postgres and treats LISTEN as a pooler in transaction mode does: everything works, and no notification
 * ever arrives. Can also be cut, or fall silent without ending its connections.
 */
export class NotificationProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;
  #swallows: boolean;
  #cut = false;
  connections = 0;

  private constructor(target: ConnectionOptions, swallows: boolean) {
    this.#swallows = swallows;
    this.#server = createServer((client) => {
      if (this.#cut) {
        client.destroy();
        return;
      }
      this.connections++;
      const path = `${target.host}/.s.PGSQL.${target.port}`;
      const upstream = target.host.startsWith("/") ? connect(path) : connect(target.port, target.host);
      const filter = withoutNotifications();
      client.on("data", (chunk) => this.#silent || upstream.write(chunk));
      upstream.on("data", (chunk) => this.#silent || client.write(this.#swallows ? filter(chunk) : chunk));
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => {});
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  /** Stands before `target`; `swallows` says whether notifications disappear. */
  static async start(target: ConnectionOptions, swallows: boolean): Promise<NotificationProxy> {
    const proxy = new NotificationProxy(target, swallows);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends all connections, and from then on each new one, until it is called with false. */
  cut(cut: boolean): void {
    this.#cut = cut;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections stay open and carry nothing any more. */
  fallSilent(silent: boolean): void {
    this.#silent = silent;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Cuts the server's messages out of its stream (a letter, a length, a content) and leaves the notifications away. */
function withoutNotifications(): (chunk: Buffer) => Buffer {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const kept: Buffer[] = [];
    while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest[0] !== NOTIFICATION) kept.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return Buffer.concat(kept);
  };
}
