import { sql, type Transaction } from "kysely";
import type { Database } from "./database.js";
import type { AggregateKind, Schema } from "./schema.js";
import type { Revision } from "./stored.js";
import { readHead, readWholeLog } from "./tenant-transaction.js";

/** One thing that a write made stale. */
export interface Invalidation {
  readonly position: number;
  readonly tenant: string;
  readonly kind: AggregateKind;
  /** Normalised template id of templates and contexts, name of models and extensions, empty for a whole tenant. */
  readonly key: string;
}

/** The log of all tenants' writes in order of commit: what a node reads to know which of its caches are stale. */
export interface InvalidationLog {
  /** Up to where the log goes now. */
  head(): Promise<Revision>;
  /** The head and everything after `position` up to it, in one snapshot. */
  since(position: number): Promise<{ readonly head: Revision; readonly entries: readonly Invalidation[] }>;
}

/** The invalidation log in Postgres. Its methods throw Problems of category `unavailable` when the database does not answer. */
export class PostgresInvalidationLog implements InvalidationLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  head(): Promise<Revision> {
    return readWholeLog(this.#database, readHead);
  }

  since(position: number): Promise<{ readonly head: Revision; readonly entries: readonly Invalidation[] }> {
    return readWholeLog(this.#database, async (transaction) => {
      const head = await readHead(transaction);
      const rows = await transaction
        .selectFrom("invalidation_log")
        .select(["position", "tenant", "aggregate_kind", "aggregate_key"])
        .where("position", ">", String(position))
        .orderBy("position")
        .execute();
      const entries = rows.map((row) => ({
        position: Number(row.position),
        tenant: row.tenant,
        kind: row.aggregate_kind,
        key: row.aggregate_key,
      }));
      return { head, entries };
    });
  }
}

/** What of the log is kept, whoever has applied it. */
export interface LogRetention {
  readonly hours: number;
  /** How many positions before the head. */
  readonly positions: number;
}

/**
 * Removes rows that every member has applied and that are older and further back than what is to be kept. Members of
 * another epoch do not count: they forget everything anyway. Gives how many rows went.
 */
export async function pruneLog(transaction: Transaction<Schema>, retention: LogRetention): Promise<number> {
  await sql`select set_config('causeway.reads_whole_log', 'on', true), set_config('causeway.prunes_log', 'on', true)`.execute(
    transaction,
  );
  const pruned = await sql`
    with kept as (
      select least(
        (select position - ${retention.positions} from invalidation_head),
        (select min(member.position) from cluster_member member, invalidation_head head where member.epoch = head.epoch)
      ) as after
    )
    delete from invalidation_log using kept
    where position <= kept.after and at < clock_timestamp() - make_interval(hours => ${retention.hours})
    returning 1`.execute(transaction);
  return pruned.rows.length;
}
