import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../src/errors/problem.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded-postgres.js";
import { openStore } from "../../src/store/open-store.js";
import { usableBinaries } from "../../src/store/postgres-binaries.js";
import { prepareClusterPlace } from "../../src/store/postgres-cluster.js";
import { endChild, forkStore } from "../support/child-store.js";

/** As in a fresh `mktemp -d`, or below /root: only root may enter, and Postgres does not run as root. */
let closed: string;
let dataDirectory: string;

const isRoot = process.getuid?.() === 0;
const hasSetpriv = isRoot && spawnSync("setpriv", ["--version"]).status === 0;

beforeEach(() => {
  closed = mkdtempSync(join(tmpdir(), "causeway-closed-"));
  chmodSync(closed, 0o700);
  dataDirectory = join(closed, "data");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(closed, { recursive: true, force: true });
});

async function one(server: EmbeddedPostgres): Promise<unknown> {
  const client = new pg.Client(server.connection);
  await client.connect();
  try {
    return (await client.query("select 1 as one")).rows[0];
  } finally {
    await client.end();
  }
}

function serverProcess(): number {
  return Number.parseInt(readFileSync(join(dataDirectory, "postgres", "cluster", "postmaster.pid"), "utf8"), 10);
}

function statusOf(pid: number): ReadonlyMap<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, "utf8").split("\n");
  return new Map(lines.map((line) => [line.split(":")[0] ?? "", line.split(":")[1]?.trim() ?? ""]));
}

describe.skipIf(!hasSetpriv)("the embedded server below a directory that only root may enter", () => {
  it("runs, not as root, with the right to pass directories and no other, and changes no permission", async () => {
    await using server = await startEmbeddedPostgres({ dataDirectory });
    expect(await one(server)).toEqual({ one: 1 });
    const status = statusOf(serverProcess());
    const rights = BigInt(`0x${status.get("CapEff")}`);
    // Bit 2 is CAP_DAC_READ_SEARCH, bit 1 CAP_DAC_OVERRIDE (capabilities(7)).
    expect([4n, 2n]).toContain(rights);
    for (const set of ["CapPrm", "CapBnd", "CapAmb"]) expect(BigInt(`0x${status.get(set)}`)).toBe(rights);
    expect(status.get("Uid")).not.toMatch(/\b0\b/);
    expect(status.get("NoNewPrivs")).toBe("1");
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDirectory, "postgres")).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDirectory, "postgres", "password")).mode & 0o777).toBe(0o600);
  });

  it("runs on the loopback address when the path is too long for a socket", async () => {
    await using server = await startEmbeddedPostgres({ dataDirectory: join(closed, "x".repeat(60), "y".repeat(60)) });
    expect(server.connection.host).toBe("127.0.0.1");
    expect(await one(server)).toEqual({ one: 1 });
  });

  it("recovers after its parent was killed", async () => {
    const { child, answer } = await forkStore(dataDirectory);
    expect(answer).toEqual({ ready: true });
    const orphan = serverProcess();
    await endChild(child, "SIGKILL");
    const store = await openStore({ database: undefined, dataDirectory, databasePoolMaximum: 2 });
    expect(serverProcess()).not.toBe(orphan);
    expect(await store.templates.list(`process-${child.pid}`)).toHaveLength(1);
    await store.close();
  });

  it("takes its programs from there as well, and those closed to all but root from a copy", async () => {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const installed = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const unpacked = join(closed, "package");
    cpSync(installed, unpacked, { recursive: true, verbatimSymlinks: true });
    const place = prepareClusterPlace(dataDirectory);
    const inPlace = usableBinaries(unpacked, place.account, place.directory);
    expect(inPlace.directory).toBe(join(unpacked, "native", "bin"));

    // As after `umask 077; npm ci`.
    execFileSync("chmod", ["-R", "go-rwx", unpacked]);
    const copied = usableBinaries(unpacked, place.account, place.directory);
    expect(copied.directory.startsWith(place.directory)).toBe(true);
    await using server = await startEmbeddedPostgres({ dataDirectory, binaries: copied });
    expect(await one(server)).toEqual({ one: 1 });
  });

  it("has no capability when the directories are open to its account", async () => {
    chmodSync(closed, 0o755);
    await using _server = await startEmbeddedPostgres({ dataDirectory });
    expect(BigInt(`0x${statusOf(serverProcess()).get("CapEff")}`)).toBe(0n);
  });
});

it.skipIf(!isRoot)("without setpriv a directory that only root may enter is refused, naming both", () => {
  vi.stubEnv("PATH", closed);
  mkdirSync(join(dataDirectory, "deeper"), { recursive: true });
  let problem: unknown;
  try {
    prepareClusterPlace(join(dataDirectory, "deeper"));
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ code: "STORE_DATA_DIRECTORY_UNUSABLE" });
  expect(problem).toHaveProperty("message", expect.stringContaining(`may not enter ${closed},`));
  expect(problem).toHaveProperty("message", expect.stringContaining("setpriv"));
});
