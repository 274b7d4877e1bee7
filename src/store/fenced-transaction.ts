import type { Transaction } from "kysely";
import type { Database, WriteGuard } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import type { Schema } from "./schema.js";

/**
 * One transaction of a duty: `guard` decides first whether it may happen. Throws what the guard throws, and Problems as
 * `databaseFailure` gives them.
 */
export async function writeFenced<T>(
  database: Database,
  guard: WriteGuard,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  try {
    return await database.kysely.transaction().execute(async (transaction) => {
      await guard(transaction);
      return await work(transaction);
    });
  } catch (error) {
    throw databaseFailure(error, database.connection);
  }
}
