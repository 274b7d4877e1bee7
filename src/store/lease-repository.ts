import { sql, type Transaction } from "kysely";
import { Problem } from "../errors/problem.js";
import type { Database, WriteGuard } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import { STORE_DUTY_LOST } from "./problems.js";
import type { Schema } from "./schema.js";

/** A row of the duties table. */
export interface StoredDuty {
  readonly duty: string;
  readonly holder: string | undefined;
  readonly fencingToken: number;
  /** By the database's clock; negative once the lease has run out. */
  readonly expiresInMilliseconds: number;
}

/** A row as it comes from {@link DUTY_COLUMNS}. */
export interface DutyRow {
  readonly duty: string;
  readonly holder: string | null;
  readonly fencing_token: string;
  readonly expires_in: number;
}

export const DUTY_COLUMNS =
  "duty, holder, fencing_token, (extract(epoch from expires - clock_timestamp()) * 1000)::float8 as expires_in";

/**
 * Leases on duties (design, Cluster: Duties). Only the database's clock decides whether a lease has run out, so that
 * nodes whose clocks differ agree. Failures are Problems as `databaseFailure` gives them.
 */
export class LeaseRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes a duty that nobody holds; gives its new fencing token, or undefined when somebody holds it. */
  acquire(duty: string, holder: string, seconds: number): Promise<number | undefined> {
    return this.#one<{ fencing_token: string }, number>(
      sql`insert into cluster_duty (duty, holder, fencing_token, expires)
        values (${duty}, ${holder}, 1, clock_timestamp() + make_interval(secs => ${seconds}))
        on conflict (duty) do update set holder = excluded.holder, fencing_token = cluster_duty.fencing_token + 1,
          expires = clock_timestamp() + make_interval(secs => ${seconds})
        where cluster_duty.holder is null or cluster_duty.expires <= clock_timestamp()
        returning fencing_token`,
      (row) => Number(row.fencing_token),
    );
  }

  /** Prolongs a lease that has not run out. False: it is lost for good. */
  async renew(duty: string, fencingToken: number, seconds: number): Promise<boolean> {
    const renewed = await this.#one(
      sql`update cluster_duty set expires = clock_timestamp() + make_interval(secs => ${seconds})
        where duty = ${duty} and fencing_token = ${fencingToken} and holder is not null
          and expires > clock_timestamp() returning 1`,
      () => true,
    );
    return renewed === true;
  }

  /** Gives a duty back before its lease runs out; does nothing when it is lost already. */
  async release(duty: string, fencingToken: number): Promise<void> {
    await this.#one(
      sql`update cluster_duty set holder = null, expires = clock_timestamp()
        where duty = ${duty} and fencing_token = ${fencingToken}`,
      () => true,
    );
  }

  /** Takes all duties from everybody: for a database that only one process can reach, which is about to start. */
  async releaseAll(): Promise<void> {
    await this.#one(sql`update cluster_duty set holder = null, expires = clock_timestamp()`, () => true);
  }

  async #one<Row, T>(statement: ReturnType<typeof sql<Row>>, take: (row: Row) => T): Promise<T | undefined> {
    try {
      const [row] = (await statement.execute(this.#database.kysely)).rows;
      return row === undefined ? undefined : take(row);
    } catch (error) {
      throw databaseFailure(error, this.#database.connection);
    }
  }
}

/**
 * Lets a duty's transaction go on only while its lease is current: the token is still the latest and has not run out.
 * To be called first in every transaction of a duty. The share lock keeps another node from taking the duty before this
 * transaction has ended, and a holder that stops in the middle of it is ended by the server when its lease runs out, so
 * that it neither commits later nor holds up its successor. Throws a Problem STORE_DUTY_LOST.
 */
export async function checkFence(transaction: Transaction<Schema>, duty: string, fencingToken: number): Promise<void> {
  const current = await sql`
    select set_config('idle_in_transaction_session_timeout',
      greatest(1, ceil(extract(epoch from expires - clock_timestamp()) * 1000))::bigint::text, true)
    from cluster_duty
    where duty = ${duty} and fencing_token = ${fencingToken} and holder is not null and expires > clock_timestamp()
    for share`.execute(transaction);
  if (current.rows.length === 0) {
    throw new Problem(STORE_DUTY_LOST, `This node no longer holds the duty "${duty}" (token ${fencingToken}).`);
  }
}

/** {@link checkFence} as a guard of a store's writes. */
export function fenceGuard(duty: string, fencingToken: number): WriteGuard {
  return (transaction) => checkFence(transaction, duty, fencingToken);
}

/** The duty a row says. */
export function storedDuty(row: DutyRow): StoredDuty {
  return {
    duty: row.duty,
    holder: row.holder ?? undefined,
    fencingToken: Number(row.fencing_token),
    expiresInMilliseconds: row.expires_in,
  };
}
