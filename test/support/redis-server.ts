import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A Redis server for one test, from the program on this machine. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** A connection of the test's own. */
  readonly client: Redis;
  /** Ends the server the hard way; does nothing when it is gone. */
  kill(): Promise<void>;
}

/** Whether tests with Redis can run; they are skipped without it. */
export const haveRedis = isInstalled("redis-server");

/** Starts `redis-server` on the port (default: a free one) with nothing on disk, and waits until it answers. */
export async function startRedis(port?: number, ...settings: readonly string[]): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-redis-"));
  const chosen = port ?? (await freePort());
  const parameters = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--dir", directory, ...settings];
  const server = spawn("redis-server", parameters, { stdio: "ignore" });
  const client = new Redis(chosen, "127.0.0.1", { retryStrategy: () => 20 });
  client.on("error", () => {});
  await client.ping();
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  };
  const dispose = async (): Promise<void> => {
    client.disconnect();
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    process: server,
    client,
    kill,
    [Symbol.asyncDispose]: dispose,
  };
}

/** A port of the loopback address that nobody uses now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
