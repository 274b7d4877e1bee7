import type { Database } from "./database.js";
import type { AggregateKind } from "./schema.js";
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
