import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Problem } from "../errors/problem.js";
import { commandAs } from "./account-command.js";
import type { PostgresBinaries } from "./postgres-binaries.js";
import { type ClusterPlace, childSettings, EMBEDDED_USER } from "./postgres-cluster.js";
import { STORE_DATA_DIRECTORY_IN_USE, STORE_EMBEDDED_FAILED } from "./problems.js";
import { isPostgresOn, startMark } from "./process-identity.js";

/** Where a server listens. */
export interface ServerAddress {
  /** Directory of the Unix socket, or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
}

export interface ServerTuning {
  /** False for throwaway data: nothing is forced to disk. */
  readonly durable?: boolean;
  readonly maximumConnections?: number;
}

const SOCKET_PORT = 5432;
/** Longest path of a Unix socket on Linux; other systems allow less, 103. */
const LONGEST_SOCKET_PATH = process.platform === "linux" ? 107 : 103;
const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 10_000;
/** No system gives a process this number. */
const NOBODYS_PROCESS = 2_147_483_647;

/** On a Unix socket beside the cluster, or where its path would be too long on a free port of the loopback address. */
export async function chooseAddress(place: ClusterPlace): Promise<ServerAddress> {
  return Buffer.byteLength(socketPath(place)) <= LONGEST_SOCKET_PATH
    ? { host: place.directory, port: SOCKET_PORT }
    : { host: "127.0.0.1", port: await freePort() };
}

/**
 * Starts the server and waits until it answers. Processes of a server that was killed may still be ending and hold its
 * shared memory; they are waited for. Throws a Problem `STORE_EMBEDDED_FAILED` with what the server said.
 */
export async function launchServer(
  place: ClusterPlace,
  binaries: PostgresBinaries,
  address: ServerAddress,
  tuning: ServerTuning,
): Promise<ChildProcess> {
  const settings = Object.entries(serverSettings(binaries, address, tuning));
  const { program, parameters, identity } = commandAs(place.account, join(binaries.directory, "postgres"), [
    "-D",
    place.cluster,
    ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  const log = join(place.directory, "server.log");
  for (let waited = 0; ; waited += 200) {
    const output = openSync(log, "w", 0o600);
    const server = spawn(program, parameters, {
      ...childSettings(place),
      ...identity,
      // A group of its own: Ctrl-C is for the program, which first finishes its requests.
      detached: true,
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    if (await becomesReady(server, place)) return server;
    const said = firstFailure(log);
    if (waited >= STOP_MILLISECONDS || !/shared memory block/.test(said)) {
      throw new Problem(STORE_EMBEDDED_FAILED, `The embedded Postgres did not start: ${said}.`);
    }
    await sleep(200);
  }
}

/** Fast shutdown; a server that does not obey is stopped the hard way, from which it recovers at the next start. */
export async function endServer(pid: number): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < STOP_MILLISECONDS; waited += 10) {
      if (startMark(pid) === undefined) return;
      await sleep(10);
    }
  }
}

/**
 * With the claim in hand, a server on this directory has lost its parent (kill -9), or runs where process numbers mean
 * nothing to us: in another container on the same volume. The first is stopped, the second left alone.
 */
export async function stopOrphan(place: ClusterPlace): Promise<void> {
  const [pid, ...rest] = readLines(pidFile(place));
  if (pid === undefined) return;
  if (isPostgresOn(Number(pid), place.cluster)) {
    await endServer(Number(pid));
  } else if (await answers(place)) {
    throw new Problem(
      STORE_DATA_DIRECTORY_IN_USE,
      `The data directory ${place.directory} is in use by a server that is not a process of this system or container.`,
    );
  }
  // Process numbers repeat, in containers soon: Postgres would take any process with this number for its server. The
  // rest of the file stays, from it Postgres learns whether processes of the old server still use its shared memory.
  if (existsSync(pidFile(place))) writeFileSync(pidFile(place), [NOBODYS_PROCESS, ...rest].join("\n"));
  rmSync(`${socketPath(place)}.lock`, { force: true });
}

async function answers(place: ClusterPlace): Promise<boolean> {
  const client = new pg.Client({
    host: place.directory,
    port: SOCKET_PORT,
    user: EMBEDDED_USER,
    password: "",
    database: "postgres",
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // Any answer of a server, a refused password too, has a severity; a dead socket has not.
    return typeof error === "object" && error !== null && "severity" in error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Small: the configuration of a few tenants, read rarely. */
function serverSettings(
  binaries: PostgresBinaries,
  address: ServerAddress,
  tuning: ServerTuning,
): Readonly<Record<string, string | number>> {
  const onSocket = address.host.startsWith("/");
  return {
    unix_socket_directories: onSocket ? address.host : "",
    unix_socket_permissions: "0700",
    listen_addresses: onSocket ? "" : address.host,
    port: address.port,
    max_connections: tuning.maximumConnections ?? 30,
    shared_buffers: "16MB",
    max_wal_size: "128MB",
    min_wal_size: "32MB",
    wal_level: "minimal",
    max_wal_senders: 0,
    max_worker_processes: 2,
    max_parallel_workers: 0,
    max_logical_replication_workers: 0,
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    // Statements carry mapping texts; the program reports failures itself.
    log_min_error_statement: "panic",
    fsync: tuning.durable === false ? "off" : "on",
    ...(binaries.major >= 18 ? { io_method: "sync" } : {}),
  };
}

/** The server writes "ready" into its pid file once it answers. False when it ended, or was ended, before. */
async function becomesReady(server: ChildProcess, place: ClusterPlace): Promise<boolean> {
  let failed = false;
  server.once("error", () => {
    failed = true;
  });
  for (let waited = 0; waited < START_MILLISECONDS; waited += 10) {
    if (failed || server.exitCode !== null || server.signalCode !== null) return false;
    const lines = readLines(pidFile(place));
    if (lines[0] === String(server.pid) && lines[7]?.trim() === "ready") return true;
    await sleep(10);
  }
  server.kill("SIGQUIT");
  return false;
}

function firstFailure(log: string): string {
  const lines = readLines(log);
  return lines.find((line) => /FATAL|error while loading|^setpriv: /.test(line)) ?? "it said nothing";
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
}

function pidFile(place: ClusterPlace): string {
  return join(place.cluster, "postmaster.pid");
}

function socketPath(place: ClusterPlace): string {
  return join(place.directory, `.s.PGSQL.${SOCKET_PORT}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : SOCKET_PORT;
}
