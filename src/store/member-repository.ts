import { sql, type Transaction } from "kysely";
import type { Database } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import type { Schema } from "./schema.js";
import type { Revision } from "./stored.js";

/** What a running process says of itself in the members table. */
export interface MemberReport {
  readonly instanceId: string;
  readonly version: string;
  readonly commit: string;
  /** For how long it may answer from its caches after it has looked into the log. */
  readonly maxStalenessMilliseconds: number;
  /** Up to where it has applied the log; undefined before it has read it for the first time. */
  readonly applied: Revision | undefined;
}

/** A row of the members table. */
export interface StoredMember extends MemberReport {
  /** Age of its last report by the database's clock. */
  readonly seenMillisecondsAgo: number;
}

/** A row as it comes from {@link MEMBER_COLUMNS}. */
export interface MemberRow {
  readonly instance_id: string;
  readonly version: string;
  readonly commit_id: string;
  readonly staleness_milliseconds: number;
  readonly epoch: string | null;
  readonly position: string | null;
  readonly seen_ago: number;
}

export const MEMBER_COLUMNS =
  "instance_id, version, commit_id, staleness_milliseconds, epoch, position, " +
  "(extract(epoch from clock_timestamp() - seen) * 1000)::float8 as seen_ago";

/** The members table: who runs, and what it has applied. Failures are Problems as `databaseFailure` gives them. */
export class MemberRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every row, silent processes included. */
  list(): Promise<readonly StoredMember[]> {
    return this.#try(async () => {
      const read = sql.raw<MemberRow>(`select ${MEMBER_COLUMNS} from cluster_member order by instance_id`);
      return (await read.execute(this.#database.kysely)).rows.map(storedMember);
    });
  }

  /** The same for a database in which the table may not have been made yet: empty then. */
  async listBeforeMigration(): Promise<readonly StoredMember[]> {
    const there = await this.#try(() =>
      sql<{ there: boolean }>`select to_regclass('cluster_member') is not null as there`.execute(this.#database.kysely),
    );
    return there.rows[0]?.there === true ? this.list() : [];
  }

  /** Says at once what a process has applied, between its rounds. A process without a row stays without one. */
  reportApplied(instanceId: string, applied: Revision): Promise<void> {
    return this.#try(async () => {
      await sql`update cluster_member set epoch = ${applied.epoch}, position = ${applied.position},
        seen = clock_timestamp() where instance_id = ${instanceId}`.execute(this.#database.kysely);
    });
  }

  /** Removes the row of a process that ends. */
  leave(instanceId: string): Promise<void> {
    return this.#try(async () => {
      await this.#database.kysely.deleteFrom("cluster_member").where("instance_id", "=", instanceId).execute();
    });
  }

  /** Removes every row: for a database that only one process can reach, which is about to start. */
  forgetAll(): Promise<void> {
    return this.#try(async () => {
      await this.#database.kysely.deleteFrom("cluster_member").execute();
    });
  }

  #try<T>(work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      throw databaseFailure(error, this.#database.connection);
    });
  }
}

/**
 * Removes the rows of processes that have been silent for that long, but not of one whose own staleness bound is longer.
 * A process that was only asleep writes its row again before it reads the log. Gives how many went.
 */
export async function removeSilentMembers(transaction: Transaction<Schema>, silentSeconds: number): Promise<number> {
  const removed = await sql`delete from cluster_member
    where seen < clock_timestamp() - make_interval(secs => greatest(${silentSeconds}, staleness_milliseconds / 500.0))
    returning 1`.execute(transaction);
  return removed.rows.length;
}

/** The member a row says. */
export function storedMember(row: MemberRow): StoredMember {
  return {
    instanceId: row.instance_id,
    version: row.version,
    commit: row.commit_id,
    maxStalenessMilliseconds: row.staleness_milliseconds,
    applied:
      row.epoch === null || row.position === null ? undefined : { epoch: row.epoch, position: Number(row.position) },
    seenMillisecondsAgo: row.seen_ago,
  };
}
