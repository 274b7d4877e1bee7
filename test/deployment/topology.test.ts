import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingPackages, startTopology, type Topology, type TopologyNode } from "../../scripts/topology.mjs";
import { compiledServer } from "../cluster/harness/compiled-server.js";
import { projectText } from "./project-files.js";

const missing = process.platform === "linux" ? missingPackages({ entry: true, pooler: true, redis: true }) : ["Linux"];
if (missing.length > 0) console.warn(`The topology is not tested, because this is missing: ${missing.join(", ")}.`);

/** The node ids behind the entry, seen in so many answers. */
async function nodesSeen(topology: Topology, requests = 40): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(Array.from({ length: requests }, () => fetch(`${topology.url}/health`)));
  return new Set(answers.filter(({ ok }) => ok).map(({ headers }) => headers.get("x-causeway-node") ?? ""));
}

async function idOf(node: TopologyNode): Promise<string> {
  return (await fetch(`${node.url}/health`)).headers.get("x-causeway-node") ?? "";
}

/** Asks until what is asked for has come about; a test that waits in vain runs into its time limit. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

describe.skipIf(missing.length > 0)("the topology", { timeout: 120_000 }, () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await startTopology({ program: [compiledServer()], nodes: 1, pooler: true, replica: true, redis: true });
  }, 120_000);
  afterAll(() => topology?.stop());

  it("lets the entry find nodes that are added while it runs", async () => {
    expect((await nodesSeen(topology)).size).toBe(1);
    await Promise.all([topology.startNode(), topology.startNode()]);
    const ids = new Set(await Promise.all(topology.nodes.map(idOf)));
    expect(ids.size).toBe(3);
    await until(async () => (await nodesSeen(topology)).size === 3);
    expect(await nodesSeen(topology)).toEqual(ids);
  });

  it("writes and reads through the pooler", async () => {
    const body = projectText("templates/vital_signs.opt");
    const headers = { "content-type": "application/xml" };
    const written = await fetch(`${topology.url}/opt`, { method: "POST", headers, body });
    // It is there already, from the bootstrap directories.
    expect(written.status).toBeLessThan(500);
    expect((await fetch(`${topology.url}/opt`)).status).toBe(200);
    await using pooler = await connected(topology.poolerUrl);
    const { rows } = await pooler.query("select count(*)::int as templates from operational_template");
    expect(rows).toEqual([{ templates: 1 }]);
  });

  it("has a replica that follows the primary", async () => {
    await using primary = await connected(topology.databaseUrl);
    await using replica = await connected(topology.replicaUrl);
    const position = async (client: pg.Client): Promise<unknown> =>
      (await client.query("select position from invalidation_head")).rows;
    expect((await replica.query("select pg_is_in_recovery() as standby")).rows).toEqual([{ standby: true }]);
    await until(async () => JSON.stringify(await position(replica)) === JSON.stringify(await position(primary)));
  });

  it("fails no request that begins after a node was killed", async () => {
    const last = topology.nodes.at(-1);
    last?.program.signal("SIGKILL");
    await last?.program.exited;
    const ask = async (method: string): Promise<number> =>
      (await fetch(`${topology.url}/opt/00000000-0000-0000-0000-000000000000`, { method })).status;
    const methods = ["GET", "POST", "PUT", "DELETE"].flatMap((method) => Array.from({ length: 5 }, () => method));
    const statuses = await Promise.all(methods.map(ask));
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  it("goes on when the database was stopped and started again", async () => {
    await topology.postgres().stop();
    await topology.resumePostgres();
    await until(async () => (await fetch(`${topology.url}/opt`)).ok);
  });
});

async function connected(url: string | undefined): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client(url);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}
