import { readFileSync } from "node:fs";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { type ConnectionOptions, describeDatabase, type TlsOptions } from "./connection-options.js";
import { databaseFailure } from "./database-failure.js";
import type { Schema } from "./schema.js";

/** A pool of connections to one database. Connections keep no state between transactions, so a pooler may stand before. */
export interface Database extends AsyncDisposable {
  readonly connection: ConnectionOptions;
  readonly pool: pg.Pool;
  readonly kysely: Kysely<Schema>;
  /** Waits for the queries under way and closes the connections. May be called twice. */
  close(): Promise<void>;
}

const CONNECT_MILLISECONDS = 5_000;
const IDLE_MILLISECONDS = 30_000;

/**
 * Opens a pool of at most `poolMaximum` connections; the first connection is made with the first query.
 * Throws a Problem of category `unavailable` when the certificate authority's file cannot be read.
 */
export function openDatabase(connection: ConnectionOptions, poolMaximum: number): Database {
  const pool = new pg.Pool({
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password,
    database: connection.database,
    ssl: connection.tls === undefined ? false : tlsOf(connection, connection.tls),
    max: poolMaximum,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    idleTimeoutMillis: IDLE_MILLISECONDS,
    keepAlive: true,
    application_name: "causeway",
  });
  // A connection that breaks while nobody waits for an answer on it emits an error that would end the process.
  // The pool forgets such a connection; whoever uses it gets the failure from the query.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const close = async (): Promise<void> => {
    if (!pool.ending) await pool.end();
  };
  return { connection, pool, kysely, close, [Symbol.asyncDispose]: close };
}

function tlsOf(connection: ConnectionOptions, tls: TlsOptions): TlsConnectionOptions {
  return {
    rejectUnauthorized: tls.check !== "none",
    ...(tls.check === "chain" ? { checkServerIdentity: () => undefined } : {}),
    ...(tls.certificateAuthorityFile === undefined
      ? {}
      : { ca: readAuthority(connection, tls.certificateAuthorityFile) }),
  };
}

function readAuthority(connection: ConnectionOptions, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw databaseFailure(error, { ...connection, database: `${describeDatabase(connection)} (file ${file})` });
  }
}
