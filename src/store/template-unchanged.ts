import { sql, type Transaction } from "kysely";
import type { Schema } from "./schema.js";
import type { Revision } from "./stored.js";

/** More writes than this are not looked through: reading the template is cheaper. */
const MOST_POSITIONS = 1000;

/** A template as somebody knows it, and the head of the log in the snapshot in which that is to be judged. */
export interface KnownTemplate {
  readonly tenant: string;
  /** Normalised. */
  readonly templateId: string;
  readonly knownAt: Revision;
  readonly head: Revision;
}

/**
 * Whether the log proves, in the snapshot of this transaction, that a template is the same as at an earlier revision: the
 * epoch is the same, no position since then has been pruned, and none of them concerns the template or its whole tenant.
 * Positions have no gaps (design, Cluster: Position), so that counting them shows whether all are there.
 */
export async function isTemplateUnchanged(
  transaction: Transaction<Schema>,
  { tenant, templateId, knownAt, head }: KnownTemplate,
): Promise<boolean> {
  const positions = head.position - knownAt.position;
  if (head.epoch !== knownAt.epoch || positions < 0 || positions > MOST_POSITIONS) return false;
  if (positions === 0) return true;
  // Other tenants' positions count too; the setting ends with the transaction and opens nothing but the log.
  await sql`select set_config('causeway.reads_whole_log', 'on', true)`.execute(transaction);
  const result = await sql<{ logged: string; changed: boolean | null }>`
    select count(distinct position) as logged,
      bool_or(tenant = ${tenant}
        and (aggregate_kind = 'tenant' or (aggregate_kind = 'template' and aggregate_key = ${templateId}))) as changed
    from invalidation_log where position > ${knownAt.position}`.execute(transaction);
  const [row] = result.rows;
  return row !== undefined && Number(row.logged) === positions && row.changed !== true;
}
