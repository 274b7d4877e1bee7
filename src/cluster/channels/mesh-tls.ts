import { constants } from "node:crypto";
import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import type { ClusterIdentity } from "../channel.js";
import { errorCode } from "./channel-counters.js";
import { clusterKey, pskIdentity } from "./cluster-keys.js";

/**
 * Suites with a pre-shared key and an ephemeral key exchange: who learns the secret later cannot read what was recorded.
 * TLS 1.2, because Node's interface to pre-shared keys has no TLS 1.3.
 */
const SUITES = {
  ciphers: "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES256-CBC-SHA384:ECDHE-PSK-AES128-CBC-SHA256",
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.2",
  // Tickets would let a connection begin without a new key exchange.
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;

/** A server that only nodes with the secret of the cluster can talk to; `foreign` hears the name others give. */
export function createMeshServer(
  cluster: ClusterIdentity,
  handshakeMilliseconds: number,
  foreign: (identity: string, socket: TLSSocket) => void,
): Server {
  const identity = pskIdentity(cluster.name);
  const psk = clusterKey(cluster, "mesh connection");
  return createServer({
    ...SUITES,
    handshakeTimeout: handshakeMilliseconds,
    pskCallback: (socket, given) => {
      if (given === identity) return psk;
      foreign(given, socket);
      return null;
    },
  });
}

/** Begins a connection to a node. */
export function connectMesh(cluster: ClusterIdentity, host: string, port: number): TLSSocket {
  const credentials = { psk: clusterKey(cluster, "mesh connection"), identity: pskIdentity(cluster.name) };
  return connect({
    ...SUITES,
    host,
    port,
    pskCallback: () => credentials,
    // There is no certificate: that the other side has the key is its identity.
    checkServerIdentity: () => undefined,
  });
}

/** Why a handshake failed, as far as one side can know. */
export type HandshakeFailure = "secret" | "cluster" | "closed" | "not-tls" | "network";

/** Sorts the error of a handshake. */
export function handshakeFailure(error: unknown): HandshakeFailure {
  const code = errorCode(error);
  if (code.includes("PSK_IDENTITY")) return "cluster";
  if (/BAD_RECORD_MAC|DECRYPT_ERROR|DIGEST_CHECK_FAILED|BAD_DECRYPT/.test(code)) return "secret";
  if (code === "ECONNRESET" || code === "EPIPE") return "closed";
  return code.startsWith("ERR_SSL_") || code === "ERR_TLS_HANDSHAKE_TIMEOUT" ? "not-tls" : "network";
}
