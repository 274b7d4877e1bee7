import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import pg from "pg";
import type { ConnectionOptions, TlsOptions } from "../../store/connection-options.js";

const CONNECT_MILLISECONDS = 5_000;
const KEEPALIVE_MILLISECONDS = 10_000;

/** One connection to Postgres that can also be torn down when the server does not answer any more. */
export interface DirectConnection {
  readonly client: pg.Client;
  /** Ends at once, without a word to the server. */
  tear(): void;
}

/**
 * Prepares a connection outside of any pool, with TCP keepalive; queries fail after `queryMilliseconds`. Throws the
 * system's error when the file of the certificate authority cannot be read.
 */
export function directConnection(connection: ConnectionOptions, queryMilliseconds: number): DirectConnection {
  const socket = new Socket();
  const client = new pg.Client({
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password,
    database: connection.database,
    ssl: connection.tls === undefined ? false : tlsOf(connection.tls),
    // Our own socket, because a client that waits for a dead server cannot be ended otherwise.
    stream: () => socket,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MILLISECONDS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: queryMilliseconds,
    application_name: "causeway channel",
  });
  return { client, tear: () => socket.destroy() };
}

function tlsOf(tls: TlsOptions): TlsConnectionOptions {
  const authority = tls.certificateAuthorityFile;
  return {
    rejectUnauthorized: tls.check !== "none",
    ...(tls.check === "chain" ? { checkServerIdentity: () => undefined } : {}),
    ...(authority === undefined ? {} : { ca: readFileSync(authority, "utf8") }),
  };
}
