import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compiledServer } from "../cluster/harness/compiled-server.js";

const projectRoot = join(import.meta.dirname, "..", "..");

/** A server in a process of its own, and in a process group of its own, as a terminal would start it. */
export class ServerProcess {
  readonly child: ChildProcess;
  standardOutput = "";
  standardError = "";
  readonly #exit: Promise<readonly [number | null, NodeJS.Signals | null]>;

  /** Starts `main.js`, or another program of the compiled sources with its arguments. */
  constructor(environment: Readonly<Record<string, string>>, [program = "main.js", ...args]: readonly string[] = []) {
    this.child = spawn(process.execPath, [join(dirname(compiledServer()), program), ...args], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: "0", HOST: "127.0.0.1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.standardOutput += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.standardError += text;
    });
    this.#exit = once(this.child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** Where it listens, once it has said so on standard output. */
  async ready(): Promise<string> {
    let url: string | undefined;
    await Promise.race([
      this.#exit,
      (async () => {
        while (url === undefined && this.child.exitCode === null) {
          url = /^Causeway listens on (\S+) \(API description: \S+\/docs\)\n/m.exec(this.standardOutput)?.[1];
          if (url === undefined) await pause(10);
        }
      })(),
    ]);
    if (url === undefined) throw new Error(`the server did not start\n${this.standardOutput}${this.standardError}`);
    return url;
  }

  /** Sends a signal to the whole process group, as Ctrl-C in a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  /** Exit code, or the signal that ended the process. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    const [code, signal] = await this.#exit;
    return signal ?? code;
  }

  /** Ends it politely if it still runs. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    return this.ended();
  }

  /** Most memory the process has ever used, in bytes; undefined where the system does not say. */
  peakMemory(): number | undefined {
    const status = `/proc/${this.child.pid}/status`;
    const kilobytes = existsSync(status) ? /VmHWM:\s*(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1] : undefined;
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }
}

/** A folder that the account of the embedded Postgres can enter; removed by `remove`. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "causeway-e2e-"));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Process number of the embedded Postgres on a data directory, when its server runs. */
export function runningPostgres(dataDirectory: string): number | undefined {
  const file = join(dataDirectory, "postgres", "cluster", "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
