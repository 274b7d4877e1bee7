import { once } from "node:events";
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Looks at what one client sends, chunk by chunk; what it returns is awaited before the chunk goes on. */
export type ClientWatch = (chunk: Buffer) => Promise<void> | undefined;

/**
 * A line between two programs that a test can disturb. It cuts as a firewall that resets connections does, and falls silent
 * as a cable that was pulled does: connections stay open, and what was sent meanwhile arrives when it is plugged in again.
 */
export class LinkProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #delayMilliseconds = 0;
  #silence: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  constructor(target: NetConnectOpts, watch: () => ClientWatch = () => () => undefined) {
    // A write may still be under way when its sender says goodbye. What comes in two pieces goes on in two at once: Nagle's
    // algorithm would add the 40 ms for which the receiver may put off an acknowledgement.
    const options = { allowHalfOpen: true, noDelay: true };
    this.#server = createServer(options, (client) => {
      if (this.#isCut) {
        client.destroy();
        return;
      }
      const server = connect({ ...target, ...options });
      this.#join(client, server, watch());
      this.#join(server, client, () => undefined);
    });
  }

  /** Listens on a free port of the loopback address, or on the path of a Unix socket. */
  async listen(path?: string): Promise<this> {
    if (path === undefined) this.#server.listen(0, "127.0.0.1");
    else this.#server.listen(path);
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends all connections, and each new one, until {@link heal}. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nothing gets through, and nobody is told, until {@link heal}. */
  fallSilent(): void {
    if (this.#silence !== undefined) return;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#silence = { over, end };
  }

  /** From now on everything takes so much longer, in each direction. */
  delay(milliseconds: number): void {
    this.#delayMilliseconds = milliseconds;
  }

  /** No disturbance any more. */
  heal(): void {
    this.#isCut = false;
    this.#delayMilliseconds = 0;
    this.#silence?.end();
    this.#silence = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, "close") : undefined;
    this.#server.close();
    this.heal();
    this.cut();
    await closed;
  }

  #join(from: Socket, to: Socket, watch: ClientWatch): void {
    this.#sockets.add(from);
    // Chunks are delayed side by side and delivered one after the other.
    let delivered: Promise<void> = Promise.resolve();
    const deliver = (send: () => void, mayPass?: Promise<void>): void => {
      const before = delivered;
      const due = this.#delayMilliseconds === 0 ? undefined : sleep(this.#delayMilliseconds);
      delivered = (async () => {
        await before;
        await mayPass;
        await due;
        while (this.#silence !== undefined) await this.#silence.over;
        if (!to.destroyed) send();
      })();
    };
    from.on("data", (chunk: Buffer) => deliver(() => to.write(chunk), watch(chunk)));
    from.on("end", () => deliver(() => to.end()));
    from.on("error", () => {});
    from.on("close", (hadError) => {
      this.#sockets.delete(from);
      if (hadError || !from.readableEnded) to.destroy();
    });
  }
}
