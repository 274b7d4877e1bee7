import { readFileSync } from "node:fs";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import { Kysely, PostgresDialect, type Transaction } from "kysely";
import { type ConnectionOptions, describeDatabase, type TlsOptions } from "./connection-options.js";
import { databaseFailure } from "./database-failure.js";
import type { Schema } from "./schema.js";
import type { Revision } from "./stored.js";
import { WatchedPool } from "./watched-pool.js";

/** A pool of connections to one database. Connections keep no state between transactions, so a pooler may stand before. */
export interface Database extends AsyncDisposable {
  readonly connection: ConnectionOptions;
  readonly pool: WatchedPool;
  readonly kysely: Kysely<Schema>;
  /** Asked at the beginning of every write's transaction, under the login role; what it throws undoes the write. */
  readonly guard?: WriteGuard;
  /** Asked at the beginning of every read of a tenant's rows, in its snapshot; what it throws ends the read. */
  readonly readGuard?: ReadGuard;
  /** Sent as the last statement of every write's transaction, so that others hear of it when, and only when, it commits. */
  readonly notification?: (revision: Revision) => WriteNotification;
  /** Waits for the queries under way and closes the connections. May be called twice. */
  close(): Promise<void>;
}

/** Decides whether a write may happen, in the transaction of the write itself. */
export type WriteGuard = (transaction: Transaction<Schema>) => Promise<void>;

/** Decides whether this snapshot may answer a read. */
export type ReadGuard = (transaction: Transaction<Schema>) => Promise<void>;

/** A statement by which a write tells of itself. */
export interface WriteNotification {
  readonly text: string;
  readonly values: readonly string[];
}

const CONNECT_MILLISECONDS = 5_000;
const IDLE_MILLISECONDS = 30_000;

/**
 * Opens a pool of at most `poolMaximum` connections; the first connection is made with the first query.
 * `connectMilliseconds` is how long the server may take to accept one.
 * Throws a Problem of category `unavailable` when the certificate authority's file cannot be read.
 */
export function openDatabase(
  connection: ConnectionOptions,
  poolMaximum: number,
  connectMilliseconds: number = CONNECT_MILLISECONDS,
): Database {
  const pool = new WatchedPool({
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password,
    database: connection.database,
    ssl: connection.tls === undefined ? false : tlsOf(connection, connection.tls),
    max: poolMaximum,
    connectionTimeoutMillis: connectMilliseconds,
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
