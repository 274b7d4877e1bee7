import { randomBytes } from "node:crypto";
import type { ClusterIdentity } from "../channel.js";
import { authenticationCode, clusterKey, isAuthentic, pskIdentity } from "./cluster-keys.js";
import { isInstanceId } from "./cluster-message.js";
import { isPort, readObject } from "./mesh-message.js";

/** What a node says of itself to everybody on the link. */
export interface Announcement {
  readonly instanceId: string;
  /** The address it is sent from: the same packet from elsewhere is a copy. */
  readonly address: string;
  readonly port: number;
}

/** What a datagram turned out to be. */
export type HeardDatagram =
  | { readonly what: "announcement"; readonly announcement: Announcement }
  | { readonly what: "other-cluster"; readonly cluster: string }
  | { readonly what: "forged" | "garbage" | "copy" }
  | { readonly what: "old"; readonly ageMilliseconds: number }
  | { readonly what: "too-many" };

const MAGIC = Buffer.from("CWA1");
const CODE_BYTES = 32;
const LONGEST_DATAGRAM = 1_024;
const NONCE = /^[0-9a-f]{32}$/;
const MOST_NONCES = 8_192;

/**
 * Writes and checks announcements: a datagram is a mark, an HMAC and a JSON text with the cluster, the node, its port,
 * the time and a nonce. One nonce is believed once, and only within the time in which it is remembered, so a recorded
 * datagram says nothing again.
 */
export class AnnouncementCodec {
  readonly #cluster: string;
  readonly #key: Buffer;
  readonly #ageMilliseconds: number;
  readonly #clock: () => number;
  /** Nonces heard and until when they could be believed, in the order of hearing. */
  readonly #heard = new Map<string, number>();

  constructor(cluster: ClusterIdentity, ageMilliseconds: number, clock: () => number = Date.now) {
    this.#cluster = pskIdentity(cluster.name);
    this.#key = clusterKey(cluster, "multicast announcement");
    this.#ageMilliseconds = ageMilliseconds;
    this.#clock = clock;
  }

  write(announcement: Announcement): Buffer {
    const { instanceId, address, port } = announcement;
    const nonce = randomBytes(16).toString("hex");
    const body = Buffer.from(
      JSON.stringify({ cluster: this.#cluster, instanceId, address, port, time: this.#clock(), nonce }),
    );
    return Buffer.concat([MAGIC, authenticationCode(this.#key, body), body]);
  }

  /** Never throws, whatever the datagram is. */
  read(datagram: Uint8Array, from: string): HeardDatagram {
    const begin = MAGIC.length + CODE_BYTES;
    if (datagram.length > LONGEST_DATAGRAM || datagram.length <= begin) return { what: "garbage" };
    if (!MAGIC.equals(datagram.subarray(0, MAGIC.length))) return { what: "garbage" };
    const body = Buffer.from(datagram.subarray(begin));
    const fields = readObject(body.toString("utf8"));
    if (typeof fields?.cluster !== "string") return { what: "garbage" };
    if (fields.cluster !== this.#cluster) return { what: "other-cluster", cluster: fields.cluster };
    if (!isAuthentic(this.#key, body, datagram.subarray(MAGIC.length, begin))) return { what: "forged" };

    const { instanceId, address, port, time, nonce } = fields;
    if (!isInstanceId(instanceId) || !isPort(port, 1) || typeof time !== "number") return { what: "garbage" };
    if (typeof nonce !== "string" || !NONCE.test(nonce)) return { what: "garbage" };
    if (typeof address !== "string" || address !== from) return { what: "copy" };
    return this.#judge(time, nonce) ?? { what: "announcement", announcement: { instanceId, address, port } };
  }

  #judge(time: number, nonce: string): HeardDatagram | undefined {
    const now = this.#clock();
    if (Math.abs(now - time) > this.#ageMilliseconds) return { what: "old", ageMilliseconds: now - time };
    for (const [old, until] of this.#heard) {
      if (until >= now) break;
      this.#heard.delete(old);
    }
    if (this.#heard.has(nonce)) return { what: "copy" };
    // Forgetting one early would let it be heard again; only nodes with the secret can fill this.
    if (this.#heard.size >= MOST_NONCES) return { what: "too-many" };
    this.#heard.set(nonce, now + 2 * this.#ageMilliseconds);
    return undefined;
  }
}
