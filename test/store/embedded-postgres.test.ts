import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../src/errors/problem.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded-postgres.js";
import { openStore } from "../../src/store/open-store.js";
import { endChild, forkStore } from "../support/child-store.js";

let usedBefore: string;
let dataDirectory: string;

/** Setting up a cluster takes the longest part of a start: most tests begin with a copy of one that was used before. */
beforeAll(async () => {
  usedBefore = temporaryDirectory();
  await (await startEmbeddedPostgres({ dataDirectory: usedBefore })).stop();
});
afterAll(() => {
  rmSync(usedBefore, { recursive: true, force: true });
});
beforeEach(() => {
  dataDirectory = temporaryDirectory();
  execFileSync("cp", ["-a", join(usedBefore, "postgres"), dataDirectory]);
});
afterEach(() => {
  chmodSync(dataDirectory, 0o755);
  rmSync(dataDirectory, { recursive: true, force: true });
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "causeway-embedded-"));
  chmodSync(directory, 0o755);
  return directory;
}

async function startProblem(directory = dataDirectory): Promise<Problem> {
  const outcome: unknown = await startEmbeddedPostgres({ dataDirectory: directory }).then(
    async (server) => {
      await server.stop();
      return "no failure";
    },
    (error: unknown) => error,
  );
  if (outcome instanceof Problem) return outcome;
  throw new Error(`expected a Problem, got ${String(outcome)}`);
}

async function query(
  server: EmbeddedPostgres,
  text: string,
  overrides: Partial<pg.ClientConfig> = {},
): Promise<unknown[]> {
  const client = new pg.Client({ ...server.connection, ...overrides });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

function serverProcess(): number {
  return Number.parseInt(readFileSync(join(dataDirectory, "postgres", "cluster", "postmaster.pid"), "utf8"), 10);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("a data directory that cannot be used", () => {
  it("of another major version is refused with advice and left as it is", async () => {
    const version = join(dataDirectory, "postgres", "cluster", "PG_VERSION");
    writeFileSync(version, "12\n");
    const problem = await startProblem();
    expect(problem.code).toBe("STORE_DATA_DIRECTORY_OTHER_VERSION");
    expect(problem.message).toContain("Postgres 12");
    expect(readFileSync(version, "utf8")).toBe("12\n");
  });

  it("is refused when it is a file", async () => {
    writeFileSync(join(dataDirectory, "file"), "");
    expect((await startProblem(join(dataDirectory, "file"))).code).toBe("STORE_DATA_DIRECTORY_UNUSABLE");
  });

  it("whose password is gone is refused", async () => {
    rmSync(join(dataDirectory, "postgres", "password"));
    expect((await startProblem()).code).toBe("STORE_DATA_DIRECTORY_UNUSABLE");
  });
});

describe("the embedded server", () => {
  it("keeps what was written, over a restart", async () => {
    const options = { database: undefined, dataDirectory, databasePoolMaximum: 2 };
    const first = await openStore(options);
    const { stored } = await first.mappings.create("ward", { kind: "model", name: "pulse", content: "x" });
    await first.close();
    const second = await openStore(options);
    expect(await second.mappings.list("ward", ["model"])).toEqual([stored]);
    await second.close();
  });

  it("forces writes to disk, and its rows are under row level security though its user is a superuser", async () => {
    await using server = await startEmbeddedPostgres({ dataDirectory });
    expect(await query(server, "select current_setting('fsync'), current_setting('is_superuser')")).toEqual([
      "on",
      "on",
    ]);
  });

  it("lets nobody in without the password, which only its account can read", async () => {
    await using server = await startEmbeddedPostgres({ dataDirectory });
    await expect(query(server, "select 1", { password: "guess" })).rejects.toThrow(/password authentication failed/);
    expect(await query(server, "select current_setting('listen_addresses')")).toEqual([""]);
    expect(statSync(join(dataDirectory, "postgres")).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDirectory, "postgres", "password")).mode & 0o777).toBe(0o600);
    const rules = readFileSync(join(dataDirectory, "postgres", "cluster", "pg_hba.conf"), "utf8");
    expect(rules).not.toMatch(/^[^#]*\btrust\b/m);
  });

  it("listens on the loopback address, with the password, when the path is too long for a socket", async () => {
    const long = join(dataDirectory, "x".repeat(60), "y".repeat(60));
    await using server = await startEmbeddedPostgres({ dataDirectory: long });
    expect(server.connection.host).toBe("127.0.0.1");
    expect(await query(server, "select 1")).toEqual([1]);
    await expect(query(server, "select 1", { password: "guess" })).rejects.toThrow(/password authentication failed/);
  });

  it("is gone after it was stopped, and stopping twice does no harm", async () => {
    const server = await startEmbeddedPostgres({ dataDirectory });
    const pid = serverProcess();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(lives(pid)).toBe(false);
    expect(existsSync(join(dataDirectory, "postgres", "owner"))).toBe(false);
  });

  it("starts where a killed set-up left its rest", async () => {
    rmSync(join(dataDirectory, "postgres", "cluster"), { recursive: true });
    mkdirSync(join(dataDirectory, "postgres", "cluster.unfinished", "base"), { recursive: true });
    await using server = await startEmbeddedPostgres({ dataDirectory });
    expect(await query(server, "select 1")).toEqual([1]);
  });

  it("starts although its last process number now belongs to another process", async () => {
    writeFileSync(join(dataDirectory, "postgres", "cluster", "postmaster.pid"), `${process.pid}\n/elsewhere\n`);
    writeFileSync(join(dataDirectory, "postgres", "owner"), JSON.stringify({ pid: process.pid, started: "long ago" }));
    await using server = await startEmbeddedPostgres({ dataDirectory });
    expect(await query(server, "select 1")).toEqual([1]);
  });
});

describe("two processes on one data directory", () => {
  it("are refused while the first one lives", async () => {
    await using _server = await startEmbeddedPostgres({ dataDirectory });
    const { answer } = await forkStore(dataDirectory);
    expect(answer).toMatchObject({ failure: expect.stringContaining(`is in use by process ${process.pid}`) });
    expect((await startProblem()).code).toBe("STORE_DATA_DIRECTORY_IN_USE");
  });

  it("starting at the same moment in an empty directory end with one owner", async () => {
    rmSync(join(dataDirectory, "postgres"), { recursive: true });
    const children = await Promise.all([1, 2, 3].map(() => forkStore(dataDirectory)));
    const ready = children.filter(({ answer }) => "ready" in answer);
    expect(ready).toHaveLength(1);
    for (const { child, answer } of children) await endChild(child, "ready" in answer ? "politely" : "SIGKILL");
  });

  it("are no trouble when the first was killed and its server lives on", async () => {
    const { child, answer } = await forkStore(dataDirectory);
    expect(answer).toEqual({ ready: true });
    const orphan = serverProcess();
    await endChild(child, "SIGKILL");
    expect(lives(orphan)).toBe(true);

    const store = await openStore({ database: undefined, dataDirectory, databasePoolMaximum: 2 });
    expect(lives(orphan)).toBe(false);
    expect(await store.templates.list(`process-${child.pid}`)).toHaveLength(1);
    await store.close();
  });

  it("are no trouble when both the first and its server were killed", async () => {
    const { child } = await forkStore(dataDirectory);
    process.kill(serverProcess(), "SIGKILL");
    await endChild(child, "SIGKILL");
    const store = await openStore({ database: undefined, dataDirectory, databasePoolMaximum: 2 });
    expect(await store.templates.list(`process-${child.pid}`)).toHaveLength(1);
    await store.close();
  });

  it("leave no server behind when the program ends without stopping it", async () => {
    const { child } = await forkStore(dataDirectory);
    const server = serverProcess();
    await endChild(child, "abruptly");
    await vi.waitUntil(() => !lives(server), { timeout: 10_000 });
  });
});
