import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ClusterState } from "../../../src/cluster/cluster-state.js";
import { readScrape, sampleValue } from "../../support/prometheus-text.js";
import { compiledServer } from "./compiled-server.js";

/** A line of a server's log. */
export interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

/** An answer, with the monotonic times between which it was worked on. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What `GET /cluster` tells, as far as tests look at it. */
export type ShownCluster = Pick<ClusterState, "members" | "applied" | "channel" | "duties" | "fullDrops" | "freshness">;

/** Sends a request and reads the whole answer; rejects when the connection breaks. */
export async function timedRequest(url: string, init: RequestInit = {}): Promise<Answer> {
  const sentAt = performance.now();
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, sentAt, answeredAt: performance.now() };
  } catch (error) {
    const why = error instanceof Error ? (error.cause ?? error) : error;
    throw new Error(`no answer from ${url}: ${String(why)}`, { cause: error });
  }
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** The kernel ends a child whose parent was killed, where `setpriv` (util-linux) is there to ask for it. */
const untilParentDies: readonly string[] = (() => {
  try {
    execFileSync("setpriv", ["--version"], { stdio: "ignore" });
    return ["setpriv", "--pdeathsig=SIGKILL", "--"];
  } catch {
    return [];
  }
})();

/** A real server in a process of its own. */
export class ServerNode {
  readonly environment: Readonly<Record<string, string>>;
  readonly log: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<string | number>;
  readonly #listening: Promise<string>;
  #output = "";
  #url: string | undefined;
  #instanceId: string | undefined;

  /** Starts the process; `before` is a command that starts it (`ip netns exec ...`). */
  constructor(environment: Readonly<Record<string, string>>, before: readonly string[] = []) {
    this.environment = environment;
    const [program = process.execPath, ...parameters] = [
      ...untilParentDies,
      ...before,
      process.execPath,
      compiledServer(),
    ];
    const child = spawn(program, parameters, {
      env: { PATH: process.env.PATH, LANG: "C.UTF-8", HOST: "127.0.0.1", PORT: "0", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    running.add(child);
    this.#exited = once(child, "exit").then(([code, signal]: unknown[]) => {
      running.delete(child);
      return (signal ?? code) as string | number;
    });
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => this.#note(line));
    this.#listening = new Promise((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        const url = /^Causeway listens on (\S+)/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      });
      this.#exited.then((how) => reject(new Error(`the server ended with ${how}:\n${this.#output}`)), reject);
    });
    this.#listening.catch(() => {});
  }

  /** Waits until the server has said that it is ready, and gives itself. */
  async ready(): Promise<this> {
    this.#url = await this.#listening;
    this.#instanceId = (await this.request("/health")).headers.get("x-causeway-node") ?? "";
    return this;
  }

  get url(): string {
    if (this.#url === undefined) throw new Error("the server is not ready");
    return this.#url;
  }

  get instanceId(): string {
    return this.#instanceId ?? "";
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything it has written to standard error that is not a line of JSON. */
  get output(): string {
    return this.#output;
  }

  /** Sends a request; rejects when the connection breaks. */
  request(path: string, init: RequestInit = {}): Promise<Answer> {
    return timedRequest(`${this.url}${path}`, init);
  }

  /** What it says of the cluster. */
  async cluster(): Promise<ShownCluster> {
    return JSON.parse((await this.request("/cluster")).text) as ShownCluster;
  }

  /** The value of one metric; 0 when it has no such sample. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    return sampleValue(readScrape((await this.request("/metrics")).text), name, labels) ?? 0;
  }

  /** Whether its log has a line whose message holds this. */
  says(part: string): boolean {
    return this.log.some(({ msg }) => msg?.includes(part));
  }

  /** Stops it in its tracks, as a laptop that is shut or a machine that is moved does. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Asks it to end, and gives the exit code or the signal that ended it. */
  async stop(): Promise<string | number> {
    if (this.isRunning) {
      this.#child.kill("SIGCONT");
      this.#child.kill("SIGTERM");
    }
    return this.#exited;
  }

  #note(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      this.#output += `${line}\n`;
    }
    if (process.env.CAUSEWAY_TEST_SHOW_LOGS !== undefined) process.stderr.write(`${this.#child.pid} ${line}\n`);
  }
}
