import { CompiledQuery, sql, type Transaction } from "kysely";
import { Problem } from "../errors/problem.js";
import type { Database } from "./database.js";
import { databaseFailure, lostAgainstAnother } from "./database-failure.js";
import { STORE_FAULT, STORE_TENANT_MISSING } from "./problems.js";
import type { AggregateKind, Schema } from "./schema.js";
import type { Revision } from "./stored.js";

/** The role under which all rows are read and written; row level security holds for it (migrations/tenant-role.sql). */
const ROLE = "causeway_tenant";
const ATTEMPTS = 3;

/** A key that a write made stale, as the invalidation log names it. */
export interface Stale {
  readonly kind: AggregateKind;
  readonly key: string;
}

/** What a write did: its result and what it made stale; undefined when it found nothing to do. */
export type WriteOutcome<T> = { readonly result: T; readonly stale: readonly Stale[] } | undefined;

/** Reads rows of one tenant in one snapshot. Throws Problems as {@link databaseFailure} gives them. */
export async function readAsTenant<T>(
  database: Database,
  tenant: string,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return readOnly(database, work, async (transaction) => {
    await sql`select set_config('role', ${ROLE}, true), set_config('causeway.tenant', ${tenant}, true)`.execute(
      transaction,
    );
    await database.readGuard?.(transaction);
  });
}

/** Reads the invalidation log of all tenants, and nothing else, in one snapshot. For nodes, never for requests. */
export async function readWholeLog<T>(
  database: Database,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return readOnly(database, work, async (transaction) => {
    await sql`select set_config('role', ${ROLE}, true), set_config('causeway.reads_whole_log', 'on', true)`.execute(
      transaction,
    );
  });
}

async function readOnly<T>(
  database: Database,
  work: (transaction: Transaction<Schema>) => Promise<T>,
  prepare: (transaction: Transaction<Schema>) => Promise<void>,
): Promise<T> {
  try {
    return await database.kysely
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute(async (transaction) => {
        await prepare(transaction);
        return await work(transaction);
      });
  } catch (error) {
    throw databaseFailure(error, database.connection);
  }
}

/**
 * Writes rows of one tenant. The last statement before commit takes the next position and appends to the invalidation
 * log (design, Cluster: Position), followed only by the notification where the database has one. `work` may run again when the transaction lost against another one; when it answers
 * undefined nothing is written, and what makes nothing stale takes no position. Throws Problems as {@link databaseFailure} gives them.
 */
export async function writeAsTenant<T>(
  database: Database,
  tenant: string,
  work: (transaction: Transaction<Schema>) => Promise<WriteOutcome<T>>,
): Promise<{ readonly result: T; readonly revision: Revision } | undefined> {
  if (tenant === "") throw new Problem(STORE_TENANT_MISSING, "A write has no tenant.");
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.kysely
        .transaction()
        .setIsolationLevel("read committed")
        .execute(async (transaction) => {
          await database.guard?.(transaction);
          await sql`select set_config('role', ${ROLE}, true), set_config('causeway.tenant', ${tenant}, true)`.execute(
            transaction,
          );
          const outcome = await work(transaction);
          if (outcome === undefined) return undefined;
          // A position without a row in the log would look as if the log had been pruned.
          if (outcome.stale.length === 0) return { result: outcome.result, revision: await readHead(transaction) };
          const revision = await takePosition(transaction, tenant, outcome.stale);
          const notification = database.notification?.(revision);
          if (notification !== undefined) {
            await transaction.executeQuery(CompiledQuery.raw(notification.text, [...notification.values]));
          }
          return { result: outcome.result, revision };
        });
    } catch (error) {
      if (!lostAgainstAnother(error) || attempt === ATTEMPTS) throw databaseFailure(error, database.connection);
    }
  }
}

/** One statement, so that the lock on the head is held for as short a time as can be. */
async function takePosition(
  transaction: Transaction<Schema>,
  tenant: string,
  stale: readonly Stale[],
): Promise<Revision> {
  const kinds = stale.map((entry) => entry.kind);
  const keys = stale.map((entry) => entry.key);
  const taken = await sql<{ epoch: string; position: string }>`
    with head as (
      update invalidation_head set position = position + 1 returning epoch, position
    ), logged as (
      insert into invalidation_log (position, tenant, aggregate_kind, aggregate_key)
      select distinct head.position, ${tenant}, stale.kind, stale.key
      from head, unnest(${kinds}::text[], ${keys}::text[]) as stale (kind, key)
    )
    select epoch, position from head`.execute(transaction);
  return revisionOf(taken.rows[0]);
}

/** The head of the log as this transaction sees it. */
export async function readHead(transaction: Transaction<Schema>): Promise<Revision> {
  return revisionOf(await transaction.selectFrom("invalidation_head").select(["epoch", "position"]).executeTakeFirst());
}

function revisionOf(row: { readonly epoch: string; readonly position: string } | undefined): Revision {
  if (row === undefined) throw new Problem(STORE_FAULT, "The table invalidation_head has lost its row.");
  return { epoch: row.epoch, position: Number(row.position) };
}
