import { sql } from "kysely";
import { Problem } from "../errors/problem.js";
import type { Database } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import { STORE_FAULT } from "./problems.js";

/** The name and the secret that the first migration gave to everybody who shares this database. */
export interface StoredClusterIdentity {
  readonly name: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
}

/**
 * Reads the identity of the cluster. The name ends with the number of the database on its server, so that a copy made
 * beside the original (`create database … template …`) is another cluster. Throws Problems as `databaseFailure` gives them.
 */
export async function readClusterIdentity(database: Database): Promise<StoredClusterIdentity> {
  try {
    const read = await sql<{ name: string; secret: Buffer }>`
      select cluster_id || '-' || (select oid from pg_database where datname = current_database()) as name, secret
      from cluster_identity`.execute(database.kysely);
    const [row] = read.rows;
    if (row === undefined) throw new Problem(STORE_FAULT, "The table cluster_identity has lost its row.");
    return { name: row.name, secret: new Uint8Array(row.secret) };
  } catch (error) {
    throw databaseFailure(error, database.connection);
  }
}
