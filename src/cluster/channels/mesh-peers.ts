import type { NewsKind } from "./cluster-message.js";
import type { NumberedNews } from "./mesh-message.js";
import type { PeerConnection } from "./peer-connection.js";

const MOST_PEERS = 256;
const MOST_CONNECTIONS_TO_ONE = 4;

/**
 * The nodes that are connected, with all connections to each. Two nodes that find each other at the same time have two
 * for a moment; the one with the lower id decides which stays, once an answer has come over it: a connection that the
 * other side lost without a word must not win over a new one. Until then news go over all of them, numbered.
 */
export class MeshPeers {
  readonly #ownId: string;
  readonly #peers = new Map<string, Set<PeerConnection>>();
  /** Of each node, the number of the last news of each kind. */
  readonly #heard = new Map<string, Map<NewsKind, number>>();

  constructor(ownId: string) {
    this.#ownId = ownId;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.#peers.keys());
  }

  /** All connections to one node. */
  of(instanceId: string): readonly PeerConnection[] {
    return [...(this.#peers.get(instanceId) ?? [])];
  }

  /** One connection to every node. */
  all(): readonly PeerConnection[] {
    return [...this.#peers.values()].flatMap((connections) => [...connections].slice(-1));
  }

  /** Takes a connection whose hello was accepted; says whether its node was there before, or that there are too many. */
  add(connection: PeerConnection, instanceId: string): "new" | "known" | "refused" {
    const connections = this.#peers.get(instanceId);
    if (connections === undefined) {
      if (this.#peers.size >= MOST_PEERS) return "refused";
      this.#peers.set(instanceId, new Set([connection]));
      return "new";
    }
    connections.add(connection);
    const [oldest] = connections;
    if (connections.size > MOST_CONNECTIONS_TO_ONE) oldest?.goodbye("duplicate");
    if (this.#ownId < instanceId) for (const each of connections) each.send({ kind: "ping" });
    return "known";
  }

  /** Forgets a connection; true when it was the last one to its node. */
  remove(connection: PeerConnection, instanceId: string): boolean {
    const connections = this.#peers.get(instanceId);
    if (connections?.delete(connection) !== true || connections.size > 0) return false;
    this.#peers.delete(instanceId);
    this.#heard.delete(instanceId);
    return true;
  }

  /** Whether these news of a node are new here; they may have come over another connection already. */
  hears(instanceId: string, { kind, number }: NumberedNews): boolean {
    const numbers = this.#heard.get(instanceId) ?? new Map<NewsKind, number>();
    this.#heard.set(instanceId, numbers);
    if (number <= (numbers.get(kind) ?? Number.NEGATIVE_INFINITY)) return false;
    numbers.set(kind, number);
    return true;
  }

  /** An answer has come over this connection: others to the same node end, if it is for us to decide. */
  proven(connection: PeerConnection, instanceId: string): void {
    if (this.#ownId > instanceId) return;
    for (const other of this.of(instanceId)) {
      if (other !== connection) other.goodbye("duplicate");
    }
  }

  /** Gives news to a node over all connections to it; false when there is none. */
  send(instanceId: string, news: NumberedNews): boolean {
    let sent = false;
    for (const connection of this.of(instanceId)) sent = connection.send(news) || sent;
    return sent;
  }
}
