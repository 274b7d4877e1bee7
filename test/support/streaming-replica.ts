import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ConnectionOptions } from "../../src/store/connection-options.js";

/** A primary and a replica that streams from it, both of this machine's Postgres. */
export interface StreamingPair extends AsyncDisposable {
  readonly primary: ConnectionOptions;
  readonly replica: ConnectionOptions;
  /** Ends the replica the hard way, or starts it again. */
  killReplica(): Promise<void>;
  startReplica(): Promise<void>;
}

const binaries = folderWith("pg_basebackup");

/** Whether the machine has the programs of a whole Postgres; tests with a replica are skipped without them. */
export const haveReplication = binaries !== undefined && account() !== undefined;

const PORTS = { primary: 5432, replica: 5433 } as const;

/** Sets up a primary, copies it with `pg_basebackup` and starts the copy as its replica. Nothing is forced to disk. */
export async function startStreamingPair(): Promise<StreamingPair> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-pair-"));
  const identity = account() ?? {};
  if (identity.uid !== undefined) chownSync(directory, identity.uid, identity.gid ?? identity.uid);
  chmodSync(directory, 0o700);
  const settings = { ...identity, cwd: directory, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } };
  const run = (program: string, ...parameters: string[]) =>
    execFileSync(join(binaries ?? "", program), parameters, { ...settings, stdio: ["ignore", "ignore", "pipe"] });
  const servers = new Map<string, ChildProcess>();

  const start = async (name: keyof typeof PORTS): Promise<void> => {
    const options = {
      unix_socket_directories: directory,
      listen_addresses: "",
      port: PORTS[name],
      fsync: "off",
      shared_buffers: "16MB",
      max_connections: 60,
    };
    const flags = Object.entries(options).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
    const parameters = ["-D", join(directory, name), ...flags];
    const server = spawn(join(binaries ?? "", "postgres"), parameters, { ...settings, stdio: "ignore" });
    servers.set(name, server);
    const pidFile = join(directory, name, "postmaster.pid");
    const isReady = () => {
      const lines = existsSync(pidFile) ? readFileSync(pidFile, "utf8").split("\n") : [];
      return lines[0] === String(server.pid) && lines[7]?.trim() === "ready";
    };
    while (!isReady()) {
      if (server.exitCode !== null) throw new Error(`the ${name} did not start`);
      await wait(10);
    }
  };
  const kill = async (name: keyof typeof PORTS): Promise<void> => {
    const server = servers.get(name);
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    // SIGQUIT takes the server's children along, which SIGKILL would leave behind with its shared memory.
    server.kill("SIGQUIT");
    await gone;
  };

  const dispose = async (): Promise<void> => {
    await kill("replica");
    await kill("primary");
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    run("initdb", "-D", join(directory, "primary"), "-U", "causeway", "--auth=trust", "--encoding=UTF8", "--no-sync");
    await start("primary");
    const source = ["-h", directory, "-p", String(PORTS.primary), "-U", "causeway"];
    run("pg_basebackup", ...source, "-D", join(directory, "replica"), "-R", "-X", "stream", "-c", "fast", "--no-sync");
    await start("replica");
  } catch (error) {
    await dispose();
    throw error;
  }
  const connection = (port: number) => ({ host: directory, port, user: "causeway", database: "postgres" });
  return {
    primary: connection(PORTS.primary),
    replica: connection(PORTS.replica),
    killReplica: () => kill("replica"),
    startReplica: () => start("replica"),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Postgres does not run as root: then as the account `postgres`, which packages make. Undefined: there is none. */
function account(): { readonly uid?: number; readonly gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function folderWith(program: string): string | undefined {
  const debian = "/usr/lib/postgresql";
  const packaged = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  const folders = [...packaged, ...(process.env.PATH ?? "").split(delimiter)];
  return folders.find((folder) => [program, "postgres", "initdb"].every((name) => existsSync(join(folder, name))));
}
