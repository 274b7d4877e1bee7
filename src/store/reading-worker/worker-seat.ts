import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { Problem } from "../../errors/problem.js";
import { TEMPLATE_TOO_LARGE } from "../../openehr/template/problems.js";
import { unpackProblem } from "./packed-problem.js";
import type { WorkerAnswer, WorkerRequest } from "./worker-messages.js";

/** Memory for the objects of one thread; the largest template that limits allow needs a good half of it. */
const MOST_MEGABYTES = 1024;
/** How long a thread that nobody needs is kept. */
const IDLE_MILLISECONDS = 30_000;

/** The thread cannot be started in these surroundings. */
export class NoWorker extends Error {}

interface Asked {
  resolve(answer: WorkerAnswer): void;
  reject(error: unknown): void;
}

/** One thread, and who waits for its answer. Holds the process only while it is asked something. */
export class WorkerSeat {
  readonly #worker: Worker;
  #asked: Asked | undefined;
  #isReady = false;
  #isGone = false;
  #idle: NodeJS.Timeout | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.unref();
    this.#worker.on("message", (answer: WorkerAnswer) => {
      if (answer.kind === "ready") this.#isReady = true;
      else this.#settle()?.resolve(answer);
    });
    this.#worker.on("error", (error) => this.#gone(error));
    this.#worker.on("exit", () => this.#gone(new Error("the reading thread has ended")));
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Rejects with the Problem that the thread has thrown, with `NoWorker` when it could not be started. */
  async ask<Kind extends WorkerAnswer["kind"]>(
    request: WorkerRequest,
    expected: Kind,
  ): Promise<Extract<WorkerAnswer, { kind: Kind }>> {
    clearTimeout(this.#idle);
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      if (this.#isGone) {
        reject(this.#reasonOf(new Error("the reading thread has ended")));
        return;
      }
      this.#asked = { resolve, reject };
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
    if (answer.kind === expected) return answer as Extract<WorkerAnswer, { kind: Kind }>;
    if (answer.kind === "refused") throw unpackProblem(answer.problem);
    throw answer.kind === "failed" ? answer.error : new Error(`the thread answered "${answer.kind}"`);
  }

  /** To be called when nobody needs the thread for now. */
  rest(): void {
    this.#idle = setTimeout(() => {
      this.#isGone = true;
      void this.#worker.terminate();
    }, IDLE_MILLISECONDS);
    this.#idle.unref();
  }

  #settle(): Asked | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#worker.unref();
    return asked;
  }

  #gone(error: Error): void {
    this.#isGone = true;
    clearTimeout(this.#idle);
    this.#settle()?.reject(this.#reasonOf(error));
  }

  #reasonOf(error: Error): Error {
    if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
      return new Problem(TEMPLATE_TOO_LARGE, `The template needs more than ${MOST_MEGABYTES} MB to be read.`);
    }
    return this.#isReady ? error : new NoWorker(error.message, { cause: error });
  }
}

function startWorker(): Worker {
  const options: WorkerOptions = { resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES }, execArgv: [] };
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./reading-worker.js", import.meta.url), options);
  // Started from the sources, a thread of its own has to be told how to read them.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json"));
  const register = new URL("./dist/esm/api/index.mjs", tsx).href;
  const program = new URL("./reading-worker.ts", import.meta.url).href;
  const script = `import("${register}").then(({ register }) => { register(); return import("${program}"); });`;
  return new Worker(script, { ...options, eval: true });
}
