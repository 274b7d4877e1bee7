import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { missingPackages, startTopology, type Topology } from "../../scripts/topology.mjs";
import { compiledServer } from "./harness/compiled-server.js";
import { timedRequest } from "./harness/server-node.js";
import { StalenessAudit } from "./harness/staleness-audit.js";
import { SteadyWriter } from "./harness/steady-writer.js";
import { type Entry, StoredSet } from "./harness/stored-set.js";
import { longestTest, rounds } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

const missing =
  process.platform === "linux" ? missingPackages({ entry: true, pooler: false, redis: false }) : ["Linux"];
if (missing.length > 0) console.warn(`Rolling is not tested, because this is missing: ${missing.join(", ")}.`);

const NODES = rounds({ short: 2, long: 3 });
const READERS = rounds({ short: 4, long: 12 });

/** A request that got no proper answer. */
interface Failure {
  readonly sentAt: number;
  readonly what: string;
}

describe.skipIf(missing.length > 0)("nodes behind nginx, under load", () => {
  let topology: Topology;
  let entry: Entry;
  let set: StoredSet;

  beforeAll(async () => {
    topology = await startTopology({ program: [compiledServer()], nodes: NODES, discovery: "TCP" });
    entry = { request: (path, init) => timedRequest(`${topology.url}${path}`, init) };
    set = await StoredSet.create(entry, "rolled");
  }, 120_000);
  afterAll(() => topology?.stop());

  /** Maps through the entry from several clients until the work is done; gives what failed and how many there were. */
  async function underLoad(
    work: () => Promise<void>,
    audit?: StalenessAudit,
  ): Promise<{ failures: Failure[]; answers: number }> {
    const failures: Failure[] = [];
    let answers = 0;
    let loading = true;
    const readers = Array.from({ length: READERS }, async () => {
      while (loading) {
        const sentAt = performance.now();
        try {
          const mapped = await set.map(entry);
          answers++;
          audit?.answered(mapped);
        } catch (error) {
          failures.push({ sentAt, what: String(error) });
        }
      }
    });
    try {
      await until("there is load", () => answers > 2 * READERS);
      await work();
      const before = answers;
      await until("the load goes on", () => answers > before + 2 * READERS);
    } finally {
      loading = false;
      await Promise.all(readers);
    }
    return { failures, answers };
  }

  it("are rolled one by one, each drained by SIGTERM, without a failed request and without a stale answer", async () => {
    const audit = new StalenessAudit(0);
    await using writer = new SteadyWriter(
      set,
      () => entry,
      (version, how) => audit.written(version, how),
    ).start();
    const { failures } = await underLoad(async () => {
      for (const old of topology.nodes.slice(0, rounds({ short: 1, long: NODES }))) {
        await topology.startNode();
        await old.program.stop("SIGTERM");
        expect(await old.program.exited).toBe(0);
      }
    }, audit);
    await writer.stop();
    const complaints = failures.length === 0 ? "" : readFileSync(topology.nginx?.logFile ?? "", "utf8").slice(-2000);
    expect(failures, complaints).toEqual([]);
    expect(writer.failures).toEqual([]);
    expect(audit.stale).toEqual([]);
    expect(writer.acknowledged).toBeGreaterThan(1);
  });

  it("fail only the requests in flight on a node that is killed", async () => {
    let goneAt = Number.POSITIVE_INFINITY;
    const { failures } = await underLoad(async () => {
      const victim = topology.nodes.find(({ program }) => program.running);
      victim?.program.signal("SIGKILL");
      await victim?.program.exited;
      goneAt = performance.now();
    });
    expect(failures.filter(({ sentAt }) => sentAt > goneAt)).toEqual([]);
    expect(failures.length).toBeLessThanOrEqual(READERS);
  });
});
