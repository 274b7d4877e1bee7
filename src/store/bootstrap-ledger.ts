import { type Selectable, sql, type Transaction } from "kysely";
import type { ConfigurationStore } from "./configuration-store.js";
import type { Database } from "./database.js";
import type { Schema } from "./schema.js";
import type { LoadedFile, StoredMappingKind } from "./stored.js";
import { readAsTenant, writeAsTenant } from "./tenant-transaction.js";

/** What a file became (rest-api 11.2); extensions are models there. */
export type BootstrapEntityType = "OPT" | "MODEL" | "CONTEXT";

export interface BootstrapEntity {
  readonly id: string;
  readonly type: BootstrapEntityType;
}

/** A file that was loaded, as the ledger has it. Times are epoch milliseconds. */
export interface BootstrapRecord extends LoadedFile {
  readonly id: string;
  /** The last part of the path. */
  readonly file: string;
  readonly entity: BootstrapEntity;
  readonly created: number;
  readonly updated: number;
}

/**
 * Which files a tenant's bootstrap has loaded (rest-api 11.2, 11.4). A file that is stored is recorded by the write that
 * stores it; a purge of the tenant clears its ledger.
 */
export interface BootstrapLedger {
  /** In order of the paths. */
  list(tenant: string): Promise<readonly BootstrapRecord[]>;
  /** Records a file whose content is stored already. */
  record(tenant: string, loaded: LoadedFile, entity: BootstrapEntity): Promise<void>;
}

/** A store into which files can be loaded. */
export type BootstrapStore = ConfigurationStore & { readonly bootstrapFiles: BootstrapLedger };

/** The ledger in Postgres. Failures are Problems as `databaseFailure` gives them. */
export class PostgresBootstrapLedger implements BootstrapLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(tenant: string): Promise<readonly BootstrapRecord[]> {
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const rows = await transaction
        .selectFrom("bootstrap_file")
        .selectAll()
        .where("tenant", "=", tenant)
        .orderBy(sql`path collate "C"`)
        .execute();
      return rows.map(bootstrapRecord);
    });
  }

  async record(tenant: string, loaded: LoadedFile, entity: BootstrapEntity): Promise<void> {
    await writeAsTenant(this.#database, tenant, async (transaction) => {
      await recordLoadedFile(transaction, tenant, loaded, entity);
      // Nothing that anybody caches.
      return { result: undefined, stale: [] };
    });
  }
}

/** Writes into the ledger, in the transaction that stores the entity, that it was made from this file. */
export async function recordLoadedFile(
  transaction: Transaction<Schema>,
  tenant: string,
  { path, contentHash }: LoadedFile,
  { id, type }: BootstrapEntity,
): Promise<void> {
  const entity = { content_hash: contentHash, entity_id: id, entity_type: type };
  await transaction
    .insertInto("bootstrap_file")
    .values({ tenant, path, file: path.slice(path.lastIndexOf("/") + 1), ...entity })
    .onConflict((conflict) =>
      conflict.columns(["tenant", "path"]).doUpdateSet({ ...entity, updated: sql`clock_timestamp()` }),
    )
    .execute();
}

/** How the ledger calls a kind of mapping. */
export function entityTypeOf(kind: StoredMappingKind): BootstrapEntityType {
  return kind === "context" ? "CONTEXT" : "MODEL";
}

function bootstrapRecord(row: Selectable<Schema["bootstrap_file"]>): BootstrapRecord {
  return {
    id: row.id,
    path: row.path,
    file: row.file,
    contentHash: row.content_hash,
    entity: { id: row.entity_id, type: row.entity_type },
    created: row.created.getTime(),
    updated: row.updated.getTime(),
  };
}
