import type { ConnectionOptions } from "./connection-options.js";
import { type Database, openDatabase } from "./database.js";
import { startEmbeddedPostgres } from "./embedded-postgres.js";
import { migrate } from "./migrations.js";
import { PostgresConfigurationStore } from "./postgres-configuration-store.js";

/** The part of the configuration that the store needs. */
export interface StoreOptions {
  /** Undefined: an embedded Postgres in `dataDirectory`. */
  readonly database: ConnectionOptions | undefined;
  readonly dataDirectory: string;
  readonly databasePoolMaximum: number;
  /** Looks at the database before anything in it is changed; what it throws ends the start. */
  readonly beforeMigration?: (database: Database) => Promise<void>;
}

/**
 * Connects to the database, or starts the embedded one, and brings it up to date. Closing the store also stops an
 * embedded server. Throws the Problems of `startEmbeddedPostgres` and `migrate`.
 */
export async function openStore(options: StoreOptions): Promise<PostgresConfigurationStore> {
  const server =
    options.database === undefined ? await startEmbeddedPostgres({ dataDirectory: options.dataDirectory }) : undefined;
  const connection = options.database ?? server?.connection;
  if (connection === undefined) throw new TypeError("a store has either a named or an embedded database");
  const database = openDatabase(connection, options.databasePoolMaximum);
  const close = async (): Promise<void> => {
    await database.close();
    await server?.stop();
  };
  try {
    await options.beforeMigration?.(database);
    await migrate(database);
    return new PostgresConfigurationStore({ ...database, close });
  } catch (error) {
    await close();
    throw error;
  }
}
