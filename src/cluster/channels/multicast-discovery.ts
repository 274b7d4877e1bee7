import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { AnnouncementCodec, type HeardDatagram } from "./announcement.js";
import { type ChannelCounters, errorText } from "./channel-counters.js";
import { type ChannelSettings, type ChannelTiming, defaultMulticastAddress, timingOf } from "./channel-settings.js";
import type { Discovery, PeerAddress } from "./discovery.js";
import { RateLimitedLog, shown } from "./rate-limited-log.js";

const MOST_INTERFACES = 32;
const SLOWER = 1.5;

/**
 * Finds nodes on the same link: each announces itself to a multicast group on every interface (time to live 1), and
 * listens to the others. Where multicast is not possible it says so in its state and keeps trying.
 */
export class MulticastDiscovery implements Discovery {
  readonly #settings: ChannelSettings;
  readonly #timing: ChannelTiming;
  readonly #counters: ChannelCounters;
  readonly #log: RateLimitedLog;
  readonly #codec: AnnouncementCodec;
  readonly #group: string;
  readonly #port: number;
  /** One socket per address of ours: the interface to send through is a property of the socket. */
  readonly #senders = new Map<string, Socket>();
  #receiver: Socket | undefined;
  #found: (addresses: readonly PeerAddress[]) => void = () => {};
  #ownPort: () => number | undefined = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #period: number;
  #interfacesAt = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;
  #closed = false;

  constructor(settings: ChannelSettings, counters: ChannelCounters) {
    this.#settings = settings;
    this.#timing = timingOf(settings);
    this.#counters = counters;
    this.#log = new RateLimitedLog(settings.logger, this.#timing.logQuiet);
    this.#codec = new AnnouncementCodec(settings.cluster, this.#timing.announcementAge, settings.clock);
    this.#group = settings.multicastAddress ?? defaultMulticastAddress;
    this.#port = settings.multicastPort ?? settings.port;
    this.#period = this.#timing.announceFirst;
  }

  async start(found: (addresses: readonly PeerAddress[]) => void, ownPort: () => number | undefined): Promise<void> {
    this.#found = found;
    this.#ownPort = ownPort;
    await this.#round();
  }

  failure(): string | undefined {
    return this.#failure;
  }

  hurry(): void {
    if (this.#closed || this.#period <= this.#timing.announceFirst) return;
    this.#period = this.#timing.announceFirst;
    this.#next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const sockets = [...this.#senders.values(), ...(this.#receiver === undefined ? [] : [this.#receiver])];
    this.#senders.clear();
    this.#receiver = undefined;
    for (const socket of sockets) closeSocket(socket);
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#round(), this.#period);
  }

  async #round(): Promise<void> {
    try {
      if (performance.now() - this.#interfacesAt >= Math.min(this.#timing.resolve, this.#period)) {
        this.#interfacesAt = performance.now();
        await this.#lookAtInterfaces();
      }
      if (!this.#closed) this.#announce();
    } catch (error) {
      // Some errors are thrown at once: a port that cannot be, a sandbox that does not show its interfaces.
      this.#fails("does not work", error);
    }
    if (this.#closed) return;
    this.#period = Math.min(this.#timing.announceLast, this.#period * SLOWER);
    this.#next();
  }

  #announce(): void {
    const port = this.#ownPort();
    if (port === undefined) return;
    for (const [address, socket] of this.#senders) {
      const datagram = this.#codec.write({ instanceId: this.#settings.identity.instanceId, address, port });
      socket.send(datagram, this.#port, this.#group, (error) => {
        if (error !== null && !this.#closed) this.#fails(`cannot send from ${address}`, error);
      });
    }
  }

  /** Follows what has become of the interfaces: sockets for new addresses, none for those that are gone. */
  async #lookAtInterfaces(): Promise<void> {
    this.#failure = undefined;
    const addresses = ownAddresses();
    for (const [address, socket] of this.#senders) {
      if (addresses.includes(address)) continue;
      this.#senders.delete(address);
      closeSocket(socket);
    }
    this.#receiver ??= await this.#openReceiver();
    for (const address of addresses) {
      const known = this.#senders.has(address);
      if (!known) await this.#openSender(address);
      this.#join(address);
    }
    if (this.#closed) await this.close();
  }

  async #openReceiver(): Promise<Socket | undefined> {
    // Several nodes on one host listen on the same port.
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    try {
      socket.bind(this.#port);
      await once(socket, "listening");
    } catch (error) {
      closeSocket(socket);
      this.#fails(`cannot listen on UDP port ${this.#port}`, error);
      return undefined;
    }
    socket.on("error", (error) => {
      this.#fails("cannot listen", error);
      if (this.#receiver === socket) this.#receiver = undefined;
      closeSocket(socket);
    });
    socket.on("message", (datagram, from) => this.#hear(this.#codec.read(datagram, from.address), from.address));
    return socket;
  }

  async #openSender(address: string): Promise<void> {
    const socket = createSocket({ type: "udp4" });
    try {
      socket.bind(0, address);
      await once(socket, "listening");
      socket.setMulticastInterface(address);
      socket.setMulticastTTL(1);
      socket.setMulticastLoopback(true);
    } catch (error) {
      closeSocket(socket);
      this.#fails(`cannot send from ${address}`, error);
      return;
    }
    socket.on("error", (error) => {
      this.#fails(`cannot send from ${address}`, error);
      if (this.#senders.get(address) === socket) this.#senders.delete(address);
      closeSocket(socket);
    });
    this.#senders.set(address, socket);
  }

  /** An interface that lost its address and got it back has left the group, so joining is tried every time. */
  #join(address: string): void {
    try {
      this.#receiver?.addMembership(this.#group, address);
    } catch (error) {
      if (!isAlreadyJoined(error)) this.#fails(`cannot join ${this.#group} on ${address}`, error);
    }
  }

  #hear(heard: HeardDatagram, from: string): void {
    switch (heard.what) {
      case "announcement":
        if (heard.announcement.instanceId !== this.#settings.identity.instanceId) this.#found([heard.announcement]);
        return;
      case "copy":
        // Also what a link that is reached through two interfaces gives twice.
        return;
      case "other-cluster":
        this.#counters.refused++;
        this.#log.info(
          `other ${from}`,
          { from, cluster: shown(heard.cluster) },
          "The announcement of a node of another cluster was ignored.",
        );
        return;
      case "forged":
        this.#counters.refused++;
        this.#log.warn(
          `forged ${from}`,
          { from },
          "An announcement that names this cluster was ignored: its sender has another secret.",
        );
        return;
      case "old":
        this.#counters.refused++;
        this.#log.warn(
          `old ${from}`,
          { from, ageMilliseconds: Math.round(heard.ageMilliseconds) },
          "An announcement was ignored for its time: it was recorded, or the clocks of the nodes differ.",
        );
        return;
      case "garbage":
      case "too-many":
        this.#counters.refused++;
        this.#log.info(`${heard.what} ${from}`, { from }, "A datagram that is no announcement was ignored.");
        return;
      default:
        heard satisfies never;
    }
  }

  #fails(what: string, error: unknown): void {
    if (this.#closed) return;
    this.#failure = `Multicast ${what}: ${errorText(error)}`;
    this.#counters.lastError = this.#failure;
    this.#log.info(`fails ${what}`, {}, `${this.#failure}. It is tried again.`);
  }
}

/** The IPv4 addresses of this host, those that others can reach first. */
function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ family }) => family === "IPv4")
    .sort((one, other) => Number(one.internal) - Number(other.internal))
    .slice(0, MOST_INTERFACES)
    .map(({ address }) => address);
}

function isAlreadyJoined(error: unknown): boolean {
  return error instanceof Error && error.message.includes("EADDRINUSE");
}

function closeSocket(socket: Socket): void {
  socket.removeAllListeners("error");
  socket.on("error", () => {});
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}
