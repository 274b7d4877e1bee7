import type { TLSSocket } from "node:tls";
import type { Revision } from "../../store/stored.js";
import type { Channel, ChannelKind, ChannelListener, ChannelState } from "../channel.js";
import type { ChannelCounters } from "./channel-counters.js";
import { type ChannelSettings, type ChannelTiming, timingOf } from "./channel-settings.js";
import { pskIdentity } from "./cluster-keys.js";
import { furtherRevision, type NewsKind } from "./cluster-message.js";
import { type Discovery, isLoopback, type PeerAddress } from "./discovery.js";
import { MeshDialer } from "./mesh-dialer.js";
import { MeshListener } from "./mesh-listener.js";
import {
  type GoodbyeReason,
  type Hello,
  helloText,
  type KnownPeer,
  type MeshMessage,
  mostPeersInMessage,
  type NumberedNews,
} from "./mesh-message.js";
import { MeshPeers } from "./mesh-peers.js";
import { type KnownAddress, PeerAddresses } from "./peer-addresses.js";
import { type EndOfConnection, PeerConnection } from "./peer-connection.js";
import { RateLimitedLog, shown } from "./rate-limited-log.js";
import { areVersionNeighbours } from "./version-neighbours.js";

export type MeshKind = Extract<ChannelKind, "MULTICAST" | "DNS" | "TCP">;

const MOST_REMEMBERED = 256;

/**
 * Connects every node with every other one directly (design, Cluster: Channels). The kinds differ only in how the first
 * addresses are found; nodes then tell each other whom they know, so that one common address is enough for all.
 */
export class Mesh implements Channel {
  readonly kind: MeshKind;
  readonly #settings: ChannelSettings;
  readonly #timing: ChannelTiming;
  readonly #discovery: Discovery;
  readonly #counters: ChannelCounters;
  readonly #log: RateLimitedLog;
  readonly #listening: MeshListener;
  readonly #dialer: MeshDialer;
  readonly #addresses: PeerAddresses;
  readonly #peers: MeshPeers;
  readonly #ownId: string;
  /** Every connection after its handshake, with the address it was dialed at. */
  readonly #connections = new Map<PeerConnection, KnownAddress | undefined>();
  readonly #lost = new Set<string>();
  readonly #latest = new Map<NewsKind, NumberedNews>();
  #number = 0;
  #listener: ChannelListener | undefined;
  #lonelyTimer: NodeJS.Timeout | undefined;
  #gossipTimer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(kind: MeshKind, settings: ChannelSettings, counters: ChannelCounters, discovery: Discovery) {
    this.kind = kind;
    this.#settings = settings;
    this.#timing = timingOf(settings);
    this.#counters = counters;
    this.#discovery = discovery;
    this.#ownId = settings.identity.instanceId;
    this.#log = new RateLimitedLog(settings.logger, this.#timing.logQuiet);
    this.#peers = new MeshPeers(this.#ownId);
    this.#addresses = new PeerAddresses(this.#ownId, this.#timing);
    this.#listening = new MeshListener(settings, counters, this.#log, (socket) => this.#adopt(socket, undefined));
    this.#dialer = new MeshDialer(
      settings,
      counters,
      this.#log,
      this.#addresses,
      () => this.#peers.ids,
      (socket, known) => this.#adopt(socket, known),
    );
  }

  /** The port on which other nodes reach this one; undefined while it cannot listen. */
  get port(): number | undefined {
    return this.#listening.port;
  }

  /** Connections that have not said who they are. */
  get strangers(): number {
    return this.#listening.strangers;
  }

  /** How many connections there are, in whatever state. */
  get connections(): number {
    return this.#connections.size;
  }

  /** How many addresses of other nodes discovery has found lately. */
  get knownAddresses(): number {
    return this.#addresses.size;
  }

  async start(listener: ChannelListener): Promise<void> {
    this.#listener = listener;
    await this.#listening.start();
    if (this.#closing !== undefined) return;
    this.#lonelyTimer = setTimeout(() => this.#sayLonely(), this.#timing.lonely);
    this.#gossipTimer = setInterval(() => this.#gossip(), this.#timing.resolve);
    await this.#discovery.start(
      (addresses) => this.#found(addresses),
      () => this.#listening.port,
    );
  }

  announce(revision: Revision): void {
    this.#tell("hint", revision);
  }

  confirm(applied: Revision): void {
    this.#tell("applied", applied);
  }

  state(): ChannelState {
    const peers = [...this.#peers.ids].sort();
    const state = this.#counters.state(this.kind, peers.length > 0, peers);
    const failure = state.connected ? undefined : this.#discovery.failure();
    return failure === undefined ? state : { ...state, lastError: failure };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#lonelyTimer);
    clearInterval(this.#gossipTimer);
    this.#dialer.close();
    const discoveryClosed = this.#discovery.close();
    const ended = [...this.#connections.keys()].map(
      (connection) => new Promise<void>((done) => connection.socket.once("close", () => done())),
    );
    for (const connection of this.#connections.keys()) connection.goodbye("leaving");
    await Promise.all([discoveryClosed, this.#listening.close(), ...ended]);
  }

  #tell(kind: NewsKind, revision: Revision): void {
    if (this.#closing !== undefined) return;
    const news = { kind, number: ++this.#number, revision };
    const latest = this.#latest.get(kind)?.revision;
    if (furtherRevision(latest, revision) === revision) this.#latest.set(kind, news);
    for (const instanceId of this.#peers.ids) {
      if (this.#peers.send(instanceId, news)) this.#counters.sent++;
    }
  }

  #found(addresses: readonly PeerAddress[]): void {
    if (this.#closing !== undefined) return;
    for (const address of addresses) this.#addresses.found(address);
    this.#dialer.plan();
  }

  #adopt(socket: TLSSocket, known: KnownAddress | undefined): void {
    if (this.#closing !== undefined) {
      socket.destroy();
      return;
    }
    const connection = new PeerConnection(socket, known !== undefined, this.#ownHello(), this.#timing, {
      hello: (from, hello) => this.#greeted(from, hello),
      message: (from, message) => this.#heard(from, message),
      ended: (from, end, theirs) => this.#ended(from, end, theirs),
    });
    this.#connections.set(connection, known);
  }

  #ownHello(): Hello {
    const { instanceId, version, commit } = this.#settings.identity;
    const cluster = pskIdentity(this.#settings.cluster.name);
    const port = this.#listening.port ?? 0;
    return { kind: "hello", instanceId, version: helloText(version), commit: helloText(commit), cluster, port };
  }

  #greeted(connection: PeerConnection, hello: Hello): void {
    this.#listening.admit(connection.socket);
    const refusal = this.#refusal(hello);
    const known = this.#connections.get(connection);
    if (known !== undefined) {
      if (refusal === undefined || refusal === "self") this.#addresses.reached(known, hello.instanceId);
      else this.#addresses.failed(known);
    }
    if (refusal === undefined) {
      this.#join(connection, hello);
    } else {
      if (refusal !== "self") this.#sayRefused(connection, refusal, hello);
      connection.goodbye(refusal);
    }
    if (known !== undefined) this.#dialer.finished(known);
  }

  #refusal(hello: Hello): GoodbyeReason | undefined {
    if (hello.instanceId === this.#ownId) return "self";
    if (hello.cluster !== pskIdentity(this.#settings.cluster.name)) return "other-cluster";
    return areVersionNeighbours(hello.version, this.#settings.identity.version) ? undefined : "other-version";
  }

  #join(connection: PeerConnection, hello: Hello): void {
    const { instanceId } = hello;
    const added = this.#peers.add(connection, instanceId);
    if (added === "refused") {
      this.#sayRefused(connection, "too-many", hello);
      connection.goodbye("too-many");
    }
    if (added === "known") {
      // What went over a connection that was lost without a word is told again; heard twice, it counts once.
      for (const news of this.#latest.values()) connection.send(news);
    }
    if (added !== "new") return;
    if (this.#lost.delete(instanceId)) this.#counters.reconnects++;
    this.#settings.logger.info(
      { peer: instanceId, address: connection.address, version: shown(hello.version), commit: shown(hello.commit) },
      "Connected with another node.",
    );
    for (const news of this.#latest.values()) {
      if (connection.send(news)) this.#counters.sent++;
    }
    this.#introduce(connection);
    const newcomer = this.#describe([connection]);
    for (const other of this.#peers.all()) {
      if (other !== connection && newcomer.length > 0) other.send({ kind: "peers", peers: newcomer });
    }
    this.#listener?.missed?.();
  }

  #heard(connection: PeerConnection, message: MeshMessage): void {
    const instanceId = connection.peer?.instanceId;
    if (instanceId === undefined) return;
    switch (message.kind) {
      case "hint":
      case "applied":
        if (!this.#peers.hears(instanceId, message)) return;
        this.#counters.received++;
        if (message.kind === "hint") this.#listener?.hint(message.revision);
        else this.#listener?.confirmed(instanceId, message.revision);
        return;
      case "peers":
        // What a node knows of its own host is at the address at which we know that node.
        this.#found(message.peers.map((peer) => ({ ...peer, address: peer.address || connection.address })));
        return;
      case "pong":
        this.#peers.proven(connection, instanceId);
        return;
      case "hello":
      case "goodbye":
      case "ping":
        // The connection itself deals with these.
        return;
      default:
        message satisfies never;
    }
  }

  #ended(connection: PeerConnection, end: EndOfConnection, theirs: boolean): void {
    const known = this.#connections.get(connection);
    this.#connections.delete(connection);
    const instanceId = connection.peer?.instanceId;
    const wasLast = instanceId !== undefined && this.#peers.remove(connection, instanceId);
    if (this.#closing !== undefined) return;
    if (end === "garbage") {
      this.#counters.refused++;
      const at = connection.address;
      this.#log.warn(`garbage ${at}`, { address: at }, "A connection was closed: what came over it is no message.");
    }
    if (theirs && (end === "other-cluster" || end === "other-version" || end === "too-many")) {
      this.#sayRefused(connection, end, connection.peer);
    }
    if (known !== undefined && instanceId === undefined) {
      this.#addresses.failed(known);
      this.#dialer.finished(known);
    }
    if (wasLast) this.#left(instanceId, end);
  }

  #left(instanceId: string, end: EndOfConnection): void {
    if (end !== "leaving" && this.#lost.size < MOST_REMEMBERED) this.#lost.add(instanceId);
    this.#settings.logger.info({ peer: instanceId, reason: end }, "The connection with another node has ended.");
    this.#addresses.lost(instanceId);
    this.#discovery.hurry();
    this.#dialer.plan();
  }

  /** Tells a node which others are connected here, and where they listen. */
  #introduce(connection: PeerConnection): void {
    const others = this.#peers.all().filter((other) => other.peer?.instanceId !== connection.peer?.instanceId);
    const peers = this.#describe(others);
    for (let at = 0; at < peers.length; at += mostPeersInMessage) {
      connection.send({ kind: "peers", peers: peers.slice(at, at + mostPeersInMessage) });
    }
  }

  #describe(connections: readonly PeerConnection[]): readonly KnownPeer[] {
    return connections.flatMap(({ peer, address }) => {
      // A zone (fe80::1%eth0) means something only on this host.
      if (peer === undefined || peer.port === 0 || address === "" || address.includes("%")) return [];
      return [{ instanceId: peer.instanceId, address: isLoopback(address) ? "" : address, port: peer.port }];
    });
  }

  #gossip(): void {
    for (const connection of this.#peers.all()) this.#introduce(connection);
  }

  #sayRefused(connection: PeerConnection, reason: GoodbyeReason, peer: Hello | undefined): void {
    this.#counters.refused++;
    const fields = {
      address: connection.address,
      reason,
      ...(peer === undefined
        ? {}
        : { peer: peer.instanceId, version: shown(peer.version), cluster: shown(peer.cluster) }),
    };
    this.#log.warn(`${reason} ${connection.address}`, fields, "A node and this one do not work together.");
  }

  #sayLonely(): void {
    if (this.#peers.ids.size > 0) return;
    this.#settings.logger.info(
      { discovery: this.kind, reason: this.#discovery.failure() ?? this.#counters.lastError },
      "No other node was found. Nodes that share a database still agree within the staleness bound; where there are several, CLUSTER_DISCOVERY can also be MULTICAST, DNS, TCP, POSTGRES or REDIS.",
    );
  }
}
