import type { Database } from "./database.js";
import { databaseFailure } from "./database-failure.js";

/** How many connections a server takes. */
export interface ConnectionLimit {
  /** `max_connections` of the server. */
  readonly most: number;
  /** What it keeps of them for superusers, and from Postgres 16 on for members of `pg_use_reserved_connections`. */
  readonly reserved: number;
  /** Whether a pooler stands in front, which shares few connections to the server among many of ours. */
  readonly pooled: boolean;
}

/** How many connections the nodes may open together. */
export interface ConnectionDemand {
  /** Live members, this one included. */
  readonly nodes: number;
  /** `DATABASE_POOL_MAX`: connections of one node through `DATABASE_URL`. */
  readonly poolMaximum: number;
  /** Connections of one node beside its pool, for LISTEN. */
  readonly direct: number;
}

/**
 * Asks the server for its limit. A pooler is recognised by the number of the server process: it gives its clients one of its
 * own invention, and the server says the true one. Throws Problems as `databaseFailure` gives them.
 */
export async function readConnectionLimit(database: Database): Promise<ConnectionLimit> {
  try {
    const client = await database.pool.connect();
    try {
      const { rows } = await client.query<{ most: number; reserved: number; process: number }>(LIMIT);
      const [row] = rows;
      const { most = Number.POSITIVE_INFINITY, reserved = 0, process } = row ?? {};
      return { most, reserved, pooled: process !== undefined && processOf(client) !== process };
    } finally {
      client.release();
    }
  } catch (error) {
    throw databaseFailure(error, database.connection);
  }
}

const LIMIT = `select current_setting('max_connections')::int as most, pg_backend_pid() as process,
  current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved`;

/** The server process as the handshake named it; the driver has the member, its type does not. */
function processOf(client: object): unknown {
  return "processID" in client ? client.processID : undefined;
}

/**
 * One sentence with the arithmetic when all nodes together may want more connections than the server gives, else undefined.
 * Behind a pooler only the direct connections reach the server one by one; how many the pooler opens is its own setting.
 */
export function connectionLimitWarning(limit: ConnectionLimit, demand: ConnectionDemand): string | undefined {
  const { nodes, poolMaximum, direct } = demand;
  const pools = limit.pooled ? 0 : nodes * poolMaximum;
  const wanted = pools + nodes * direct;
  const available = limit.most - limit.reserved;
  if (wanted <= available) return undefined;
  const ofPools = limit.pooled ? [] : [`${nodes} nodes × DATABASE_POOL_MAX ${poolMaximum}`];
  const ofDirect = direct === 0 ? [] : [`${nodes} × ${direct} direct`];
  return (
    `The nodes may open ${[...ofPools, ...ofDirect].join(" + ")} = ${wanted} database connections, but the server gives ` +
    `${limit.most} (max_connections) − ${limit.reserved} (reserved) = ${available}. ` +
    (limit.pooled
      ? "Run fewer nodes or raise max_connections."
      : "Lower DATABASE_POOL_MAX, raise max_connections, or put a pooler in transaction mode in front.")
  );
}
