import type { TLSSocket } from "node:tls";
import type { ChannelTiming } from "./channel-settings.js";
import { plainAddress } from "./discovery.js";
import { encodeFrame, FrameDecoder } from "./frames.js";
import { type GoodbyeReason, type Hello, type MeshMessage, readMeshMessage, writeMeshMessage } from "./mesh-message.js";

/** A peer that does not read is cut off before what waits for it grows beyond this. */
const MOST_UNSENT_BYTES = 65_536;
/** What was written last gets so long to leave before the connection is torn down. */
const FAREWELL_MILLISECONDS = 200;

/** Why a connection ended. */
export type EndOfConnection = "garbage" | "silent" | "unread" | "no-hello" | "closed" | "failed" | GoodbyeReason;

export interface ConnectionEvents {
  /** The first message, and only if it is a hello. */
  hello(connection: PeerConnection, hello: Hello): void;
  /** Every message after it, except probes. */
  message(connection: PeerConnection, message: MeshMessage): void;
  /** Once, whatever happened. `theirs`: the other side has said goodbye with this reason. */
  ended(connection: PeerConnection, end: EndOfConnection, theirs: boolean, error?: Error): void;
}

/** One connection to another node, after the TLS handshake: frames, hello, probes and limits. */
export class PeerConnection {
  readonly dialed: boolean;
  readonly address: string;
  readonly #socket: TLSSocket;
  readonly #timing: ChannelTiming;
  readonly #events: ConnectionEvents;
  readonly #decoder = new FrameDecoder();
  #hello: Hello | undefined;
  #helloTimer: NodeJS.Timeout | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #farewellTimer: NodeJS.Timeout | undefined;
  #silentProbes = 0;
  #end: EndOfConnection | undefined;
  #theirs = false;
  #error: Error | undefined;

  constructor(socket: TLSSocket, dialed: boolean, own: Hello, timing: ChannelTiming, events: ConnectionEvents) {
    this.dialed = dialed;
    this.address = plainAddress(socket.remoteAddress ?? "");
    this.#socket = socket;
    this.#timing = timing;
    this.#events = events;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.disableRenegotiation();
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => this.#closed());
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#helloTimer = setTimeout(() => this.#drop("no-hello"), timing.handshake);
    this.send(own);
  }

  /** The node at the other end; undefined before its hello. */
  get peer(): Hello | undefined {
    return this.#hello;
  }

  get socket(): TLSSocket {
    return this.#socket;
  }

  get open(): boolean {
    return this.#end === undefined && !this.#socket.destroyed;
  }

  /** Writes a message; false when the connection is at its end. */
  send(message: MeshMessage): boolean {
    if (!this.open) return false;
    if (this.#socket.writableLength > MOST_UNSENT_BYTES) {
      this.#drop("unread");
      return false;
    }
    this.#socket.write(encodeFrame(writeMeshMessage(message)));
    return true;
  }

  /** Says why and ends the connection. */
  goodbye(reason: GoodbyeReason): void {
    if (!this.open) return;
    this.send({ kind: "goodbye", reason });
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#stopTimers();
    this.#socket.end();
    this.#farewellTimer = setTimeout(() => this.#socket.destroy(), FAREWELL_MILLISECONDS);
  }

  #read(chunk: Buffer): void {
    const understood = this.#decoder.push(chunk, (content) => {
      if (this.open) this.#take(readMeshMessage(content));
    });
    if (!understood && this.open) this.#drop("garbage");
  }

  #take(message: MeshMessage | undefined): void {
    this.#silentProbes = 0;
    if (message === undefined) {
      this.#drop("garbage");
    } else if (message.kind === "goodbye") {
      this.#theirs = true;
      this.#drop(message.reason);
    } else if (this.#hello === undefined) {
      if (message.kind === "hello") this.#greet(message);
      else this.#drop("garbage");
    } else if (message.kind === "hello") {
      this.#drop("garbage");
    } else if (message.kind === "ping") {
      this.send({ kind: "pong" });
    } else {
      this.#events.message(this, message);
    }
  }

  #greet(hello: Hello): void {
    this.#hello = hello;
    clearTimeout(this.#helloTimer);
    this.#probe();
    this.#events.hello(this, hello);
  }

  /**
   * Counts probes instead of comparing times: a node that was paused itself must first read what has arrived meanwhile,
   * before it can judge others.
   */
  #probe(): void {
    this.#probeTimer = setTimeout(() => {
      if (this.#silentProbes >= this.#timing.silentProbes) {
        this.#drop("silent");
      } else if (this.send({ kind: "ping" })) {
        this.#silentProbes++;
        this.#probe();
      }
    }, this.#timing.probe);
  }

  #drop(end: EndOfConnection): void {
    this.#end ??= end;
    this.#stopTimers();
    this.#socket.destroy();
  }

  #stopTimers(): void {
    clearTimeout(this.#helloTimer);
    clearTimeout(this.#probeTimer);
    clearTimeout(this.#farewellTimer);
  }

  #closed(): void {
    this.#stopTimers();
    this.#end ??= this.#error === undefined ? "closed" : "failed";
    this.#events.ended(this, this.#end, this.#theirs, this.#error);
  }
}
