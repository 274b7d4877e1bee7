import { missingPackages, startTopology } from "../../../scripts/topology.mjs";
import { type ConnectionOptions, parseDatabaseUrl } from "../../../src/store/connection-options.js";

/** A Postgres server that a test may end and start again. */
export interface OwnPostgres extends AsyncDisposable {
  readonly connection: ConnectionOptions;
  /** Ends it in the midst of whatever it does; what was committed is there when it comes back. */
  crash(): Promise<void>;
  resume(): Promise<void>;
}

/** Debian's packages that {@link startOwnPostgres} needs and this machine lacks. */
export const missingForOwnPostgres: readonly string[] = missingPackages({ entry: false, pooler: false, redis: false });

/** Starts a Postgres with an empty database. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const topology = await startTopology({ nodes: 0, entry: false });
  const { host = "", port = 0, user = "", password = "", database = "" } = parseDatabaseUrl(topology.databaseUrl);
  return {
    connection: { host, port, user, password, database },
    // SIGQUIT takes the children of the server along, which SIGKILL would leave behind.
    crash: () => topology.postgres().stop("SIGQUIT"),
    resume: () => topology.resumePostgres(),
    [Symbol.asyncDispose]: () => topology.stop(),
  };
}
