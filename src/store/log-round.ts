import type pg from "pg";
import { Problem } from "../errors/problem.js";
import { describeDatabase } from "./connection-options.js";
import type { Database } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import type { Invalidation } from "./invalidation-log.js";
import { DUTY_COLUMNS, type DutyRow, type StoredDuty, storedDuty } from "./lease-repository.js";
import {
  MEMBER_COLUMNS,
  type MemberReport,
  type MemberRow,
  type StoredMember,
  storedMember,
} from "./member-repository.js";
import { STORE_FAULT, STORE_UNAVAILABLE } from "./problems.js";
import type { AggregateKind } from "./schema.js";
import type { Revision } from "./stored.js";

/** What a node sees of the cluster in one snapshot. */
export interface LogRound {
  readonly head: Revision;
  /** The lowest position that still has rows in the log; undefined when the log is empty. */
  readonly oldest: number | undefined;
  /** What came after the position that was asked for, in order; cut off after {@link MOST_ENTRIES}. */
  readonly entries: readonly Invalidation[];
  /** Whether there was more than that. */
  readonly more: boolean;
  readonly members: readonly StoredMember[];
  readonly duties: readonly StoredDuty[];
}

/** A node that slept through more than this had better forget everything than read it all. */
export const MOST_ENTRIES = 10_000;

interface HeadRow {
  readonly epoch: string;
  readonly position: string;
  readonly oldest: string | null;
}

interface EntryRow {
  readonly position: string;
  readonly tenant: string;
  readonly aggregate_kind: AggregateKind;
  readonly aggregate_key: string;
}

/**
 * One round of a node: reports what it has applied and reads what came after it, in one round trip.
 *
 * The report is committed before the snapshot is taken, which is what a waiting writer relies on: when this round does not
 * see its write, then its look into the members table, made after the write, does see this report, and it knows for how
 * long the node may go on with what it has.
 *
 * Ends the connection and rejects when `signal` aborts, so that one that hangs is not used again. Throws Problems as
 * `databaseFailure` gives them.
 */
export async function runLogRound(database: Database, report: MemberReport, signal: AbortSignal): Promise<LogRound> {
  let client: pg.PoolClient | undefined;
  let broken = true;
  let given = false;
  const giveBack = (): void => {
    if (client === undefined || given) return;
    given = true;
    client.release(broken);
  };
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => {
      giveBack();
      reject(
        new Problem(
          STORE_UNAVAILABLE,
          `The database ${describeDatabase(database.connection)} does not answer in time.`,
        ),
      );
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  const work = async (): Promise<LogRound> => {
    client = await database.pool.connect();
    if (signal.aborted) throw new Problem(STORE_UNAVAILABLE, "The connection was made too late.");
    const results = await client.query(statements(report));
    broken = false;
    // A text of several statements gives a list of results, which the types of the driver do not say.
    return readResults(results as unknown as readonly pg.QueryResult[], report.applied?.position);
  };
  try {
    return await Promise.race([work().finally(giveBack), aborted]);
  } catch (error) {
    throw databaseFailure(error, database.connection);
  }
}

/** Several statements in one message can have no parameters: every value is a checked number or an escaped literal. */
function statements(report: MemberReport): string {
  const { applied } = report;
  const text = (value: string): string => `'${value.replaceAll("\\", "").replaceAll("'", "''").replaceAll("\0", "")}'`;
  const whole = (value: number): string => String(Math.trunc(value));
  const position = applied === undefined ? "null" : whole(applied.position);
  const after = applied === undefined ? "9223372036854775807" : position;
  const row = [
    text(report.instanceId),
    text(report.version),
    text(report.commit),
    whole(report.maxStalenessMilliseconds),
    applied === undefined ? "null" : text(applied.epoch),
    position,
  ].join(", ");
  return `
    begin;
    insert into cluster_member (instance_id, version, commit_id, staleness_milliseconds, epoch, position)
      values (${row})
      on conflict (instance_id) do update set epoch = excluded.epoch, position = excluded.position, seen = clock_timestamp();
    commit;
    begin transaction isolation level repeatable read read only;
    select set_config('role', 'causeway_tenant', true), set_config('causeway.reads_whole_log', 'on', true);
    select epoch, position, (select min(position) from invalidation_log) as oldest from invalidation_head;
    select position, tenant, aggregate_kind, aggregate_key from invalidation_log
      where position > ${after} order by position limit ${MOST_ENTRIES + 1};
    select set_config('role', 'none', true);
    select ${MEMBER_COLUMNS} from cluster_member order by instance_id;
    select ${DUTY_COLUMNS} from cluster_duty order by duty;
    commit;`;
}

/** Where the answers stand in the list of results: one for each statement above. */
const HEAD = 5;
const ENTRIES = 6;
const MEMBERS = 8;
const DUTIES = 9;

function readResults(results: readonly pg.QueryResult[], after: number | undefined): LogRound {
  const rows = <Row>(index: number): readonly Row[] => (results[index]?.rows ?? []) as readonly Row[];
  const [head] = rows<HeadRow>(HEAD);
  if (head === undefined) throw new Problem(STORE_FAULT, "The table invalidation_head has lost its row.");
  const entries = after === undefined ? [] : rows<EntryRow>(ENTRIES);
  return {
    head: { epoch: head.epoch, position: Number(head.position) },
    oldest: head.oldest === null ? undefined : Number(head.oldest),
    entries: entries.slice(0, MOST_ENTRIES).map((row) => ({
      position: Number(row.position),
      tenant: row.tenant,
      kind: row.aggregate_kind,
      key: row.aggregate_key,
    })),
    more: entries.length > MOST_ENTRIES,
    members: rows<MemberRow>(MEMBERS).map(storedMember),
    duties: rows<DutyRow>(DUTIES).map(storedDuty),
  };
}
