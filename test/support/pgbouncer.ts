import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ConnectionOptions } from "../../src/store/connection-options.js";
import { freePort } from "./redis-server.js";

export interface TestPooler extends AsyncDisposable {
  /** The database behind the pooler. */
  readonly connection: ConnectionOptions;
}

const program = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find((path) => existsSync(path));

/** Whether pgBouncer is on this machine; tests with a pooler are skipped without it. */
export const havePooler = program !== undefined;

/**
 * Starts pgBouncer in transaction mode in front of a database, with so few connections to the server that clients must take
 * turns, and without any memory for named prepared statements.
 */
export async function startPooler(target: ConnectionOptions, serverConnections: number): Promise<TestPooler> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-pgbouncer-"));
  const port = await freePort();
  const quoted = (text: string | number) => `'${String(text).replaceAll("'", "''")}'`;
  const server = [
    `host=${quoted(target.host)}`,
    `port=${target.port}`,
    `dbname=${quoted(target.database)}`,
    `user=${quoted(target.user)}`,
    ...(target.password === undefined ? [] : [`password=${quoted(target.password)}`]),
  ];
  const settings = [
    "[databases]",
    `pooled = ${server.join(" ")}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    "max_client_conn = 200",
    ...(knowsPreparedStatements() ? ["max_prepared_statements = 0"] : []),
    `default_pool_size = ${serverConnections}`,
  ];
  const file = join(directory, "pgbouncer.ini");
  writeFileSync(file, `${settings.join("\n")}\n`, { mode: 0o600 });
  // It does not run as root; the socket of the server may be open to the server's own account only.
  const account: { readonly uid?: number; readonly gid?: number } = process.getuid?.() === 0 ? accountFor(target) : {};
  if (account.uid !== undefined) {
    for (const path of [directory, file]) chownSync(path, account.uid, account.gid ?? account.uid);
  }
  chmodSync(directory, 0o700);
  const log: string[] = [];
  const child = spawn(program ?? "pgbouncer", [file], { ...account, stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.on("data", (text: Buffer) => log.push(text.toString()));
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`pgBouncer did not start: ${log.join("")}`);
    await wait(20);
  }
  return {
    connection: { host: "127.0.0.1", port, user: "anybody", database: "pooled" },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** From 1.21 on pgBouncer can translate named prepared statements; before they just fail. */
function knowsPreparedStatements(): boolean {
  const [, minor = "0"] =
    /\b1\.(\d+)/.exec(execFileSync(program ?? "pgbouncer", ["--version"], { encoding: "utf8" })) ?? [];
  return Number(minor) >= 21;
}

/** The owner of the server's socket, else the account `postgres`, else `nobody`. */
function accountFor({ host }: ConnectionOptions): { readonly uid: number; readonly gid: number } {
  if (host.startsWith("/")) {
    const { uid, gid } = statSync(host);
    if (uid !== 0) return { uid, gid };
  }
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  const line = ["postgres:", "nobody:"].map((name) => accounts.find((one) => one.startsWith(name))).find(Boolean);
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
