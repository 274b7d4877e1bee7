import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { ClusterIdentity } from "../channel.js";

export type KeyPurpose = "mesh connection" | "multicast announcement" | "redis message";

/**
 * A key for one purpose, derived from the secret and the name of the cluster, so that two clusters never share a key
 * even when somebody gave them the same secret (design, Cluster: No set-up).
 */
export function clusterKey(cluster: ClusterIdentity, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync("sha256", cluster.secret, cluster.name, `causeway ${purpose} 1`, 32));
}

/** The HMAC of a message. */
export function authenticationCode(key: Uint8Array, message: Uint8Array | string): Buffer {
  return createHmac("sha256", key).update(message).digest();
}

/** Whether `code` is the HMAC of the message; takes equally long for every wrong one. */
export function isAuthentic(key: Uint8Array, message: Uint8Array | string, code: Uint8Array): boolean {
  const right = authenticationCode(key, message);
  return code.length === right.length && timingSafeEqual(code, right);
}

const LONGEST_IDENTITY = 100;

/** The name of the cluster as PSK identity (at most 128 bytes in TLS libraries): a long name is given by its hash. */
export function pskIdentity(clusterName: string): string {
  return Buffer.byteLength(clusterName) <= LONGEST_IDENTITY ? clusterName : `sha256:${hash(clusterName)}`;
}

/** A name that any system takes: a prefix and a part of the hash of the cluster's name. */
export function hashedName(prefix: string, clusterName: string): string {
  return `${prefix}${hash(clusterName).slice(0, 32)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
