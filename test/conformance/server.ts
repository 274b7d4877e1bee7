import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createFreshDatabase } from "./fresh-database.js";

const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const startMilliseconds = 60_000;
const stopMilliseconds = 20_000;
const keptOutputCharacters = 16_384;

/** A server process that answers, until it is stopped. */
export interface RunningServer {
  readonly baseUrl: string;
  /** The end of what the process wrote. */
  output(): string;
  /** Ends the process, politely first, and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts this project's server from its sources (a `dist` may be older than they are) with nothing stored and nothing
 * shipped loaded, in the given time zone: data in a folder of its own, or in a fresh database when `DATABASE_URL` is set.
 * Stopping it removes both. Throws with the end of the output when the server does not become ready.
 */
export async function startCauseway(timeZone: string): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-conformance-"));
  // Postgres refuses to run as root, so under root another user must be able to pass through this folder.
  chmodSync(folder, 0o755);
  // An empty folder, because naming none loads what ships with the program.
  const nothingToLoad = join(folder, "bootstrap");
  mkdirSync(nothingToLoad);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const databaseUrl = process.env.DATABASE_URL;
  try {
    const database = databaseUrl ? await createFreshDatabase(databaseUrl) : undefined;
    const cleanUp = async () => {
      await database?.drop();
      removeFolder();
    };
    try {
      const port = await freePort();
      const server = await startServer({
        command: [process.execPath, "--import", "tsx", join("src", "main.ts")],
        folder: projectRoot,
        baseUrl: `http://127.0.0.1:${port}`,
        environment: {
          ...inheritedEnvironment(),
          PORT: String(port),
          HOST: "127.0.0.1",
          TZ: timeZone,
          OPENFHIR_TIME_ZONE: timeZone,
          DATA_DIR: join(folder, "data"),
          BOOTSTRAP_DIRS: nothingToLoad,
          CAUSEWAY_ALLOW_PURGE: "true",
          CLUSTER_DISCOVERY: "NONE",
          DRAIN_MS: "0",
          ...(database === undefined ? {} : { DATABASE_URL: database.url }),
        },
      });
      return {
        ...server,
        stop: async () => {
          await server.stop();
          await cleanUp();
        },
      };
    } catch (error) {
      await cleanUp();
      throw error;
    }
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Only what a process needs to run: a developer's settings for the server must not change the results. */
function inheritedEnvironment(): Record<string, string> {
  const names = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "SystemRoot"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** What to start and where it will answer. */
export interface ServerCommand {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly baseUrl: string;
}

/**
 * Starts a process and waits until `GET /health` answers 200. Throws with the end of the output when the process ends
 * before that, or does not get there within a minute; the process is gone then. It also ends with this process.
 */
export async function startServer({ command, folder, environment, baseUrl }: ServerCommand): Promise<RunningServer> {
  const [program, ...programArguments] = command;
  const child = spawn(program, programArguments, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output = (output + text).slice(-keptOutputCharacters);
    });
  }
  let startFailure: Error | undefined;
  child.on("error", (error) => {
    startFailure = error;
  });
  const endWithThisProcess = () => {
    child.kill("SIGKILL");
  };
  process.once("exit", endWithThisProcess);
  const stop = async () => {
    process.off("exit", endWithThisProcess);
    await end(child);
  };
  const deadline = performance.now() + startMilliseconds;
  while (!(await isReady(baseUrl))) {
    const reason =
      startFailure?.message ??
      (hasEnded(child) ? `it ended with ${child.signalCode ?? child.exitCode}` : undefined) ??
      (performance.now() > deadline ? `it was not ready after ${startMilliseconds / 1000} s` : undefined);
    if (reason !== undefined) {
      await stop();
      throw new Error(`the server did not start: ${reason}\n${output}`);
    }
    await pause(50);
  }
  return { baseUrl, output: () => output, stop };
}

async function isReady(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/health`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false; // Nobody listens yet; the caller asks again until its deadline.
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), stopMilliseconds);
  await ended;
  clearTimeout(insist);
}
