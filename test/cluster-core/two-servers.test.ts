import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ServerProcess } from "../e2e/server-process.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const composition = readFileSync(
  join(import.meta.dirname, "..", "examples", "vital-signs", "composition.json"),
  "utf8",
);
const servers: ServerProcess[] = [];
let database: TestDatabase;
let a: string;
let b: string;

function start(environment: Readonly<Record<string, string>> = {}): ServerProcess {
  const variables = { DATABASE_URL: database.url, CLUSTER_DISCOVERY: "NONE", CLUSTER_POLL_MS: "100", DRAIN_MS: "0" };
  const server = new ServerProcess({ ...variables, ...environment });
  servers.push(server);
  return server;
}

const map = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/tofhir`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: composition,
  });

interface StoredContext {
  readonly id: string;
}

async function contexts(url: string): Promise<readonly StoredContext[]> {
  return (await fetch(`${url}/fc/context`)).json() as Promise<StoredContext[]>;
}

const asYaml = async (url: string, id: string): Promise<string> =>
  (await fetch(`${url}/fc/context/${id}`, { headers: { accept: "application/x-yaml" } })).text();

const storeContext = (url: string, body: string) =>
  fetch(`${url}/fc/context`, { method: "POST", headers: { "content-type": "application/x-yaml" }, body });

const cluster = async (url: string) => (await fetch(`${url}/cluster`)).json() as Promise<Record<string, unknown>>;

beforeAll(async () => {
  database = await createTestDatabase();
  [a, b] = (await Promise.all([start().ready(), start().ready()])) as [string, string];
});

afterEach(async () => {
  for (const server of servers.splice(2)) await server.stop();
});

afterAll(async () => {
  for (const server of servers) await server.stop();
  await database.drop();
});

describe("two servers on one database, without any channel", () => {
  it("have loaded the same files once, though both started at the same moment", async () => {
    expect(servers.filter((server) => /"created":[1-9]/.test(server.standardError))).toHaveLength(1);
    expect(await contexts(a)).toEqual(await contexts(b));
  });

  it("show a write through one to who asks the other as soon as it is acknowledged", async () => {
    const [context] = await contexts(a);
    const text = await asYaml(a, context?.id ?? "");
    let id = context?.id ?? "";
    for (let round = 0; round < 5; round++) {
      expect((await map(b)).status).toBe(200);
      const deleted = await fetch(`${a}/fc/context/${id}`, { method: "DELETE" });
      expect(deleted.status, await deleted.text()).toBe(204);
      const refused = await map(b);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain("CONTEXT_NOT_FOUND");
      const stored = await storeContext(a, text);
      id = ((await stored.json()) as StoredContext).id;
    }
    expect((await map(b)).status).toBe(200);
  });

  it("answer with the revision of a write, which any of them honours", async () => {
    const [context] = await contexts(a);
    const text = await asYaml(a, context?.id ?? "");
    const put = await fetch(`${a}/fc/context/${context?.id}`, {
      method: "PUT",
      headers: { "content-type": "application/x-yaml" },
      body: text,
    });
    const revision = put.headers.get("x-causeway-revision") ?? "";
    expect(revision).toMatch(/^[0-9a-f-]{36}\.\d+$/);
    expect((await map(b, { "x-causeway-revision": revision })).status).toBe(200);
    const [epoch, position] = revision.split(".");
    const never = await map(b, { "x-causeway-revision": `${epoch}.${Number(position) + 1}` });
    expect(never.status).toBe(503);
    expect(never.headers.get("retry-after")).toBe("1");
    expect((await map(b, { "x-causeway-revision": `other.${position}` })).status).toBe(400);
    expect((await fetch(`${b}/opt`, { headers: { "x-causeway-revision": "17" } })).status).toBe(400);
  });

  it("know each other and themselves", async () => {
    const [ofA, ofB] = await Promise.all([cluster(a), cluster(b)]);
    expect(ofA.cluster).toBe(ofB.cluster);
    const other = expect.objectContaining({ ...(ofB.node as object), self: false, lag: 0 });
    await expect.poll(async () => (await cluster(a)).members).toContainEqual(other);
    const answered = await fetch(`${a}/health`);
    expect(answered.headers.get("x-causeway-node")).toBe((ofA.node as { instanceId: string }).instanceId);
    expect(answered.headers.get("x-causeway-version")).toBe((ofA.node as { version: string }).version);
  });

  it("take in a third one that is current before it is ready, and forget it when it leaves", async () => {
    const third = start();
    const url = await third.ready();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await map(url)).status).toBe(200);
    expect(await third.stop()).toBe(0);
    await expect.poll(async () => (await cluster(a)).members).toHaveLength(2);
  });

  it("do not wait a lease long for one that was killed", async () => {
    const third = start();
    await third.ready();
    third.child.kill("SIGKILL");
    await third.ended();
    const [context] = await contexts(a);
    const text = await asYaml(a, context?.id ?? "");
    const before = performance.now();
    await fetch(`${a}/fc/context/${context?.id}`, { method: "DELETE" });
    await storeContext(a, text);
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  it("warn at their start when all of them may open more connections than the server gives", async () => {
    const greedy = start({ DATABASE_POOL_MAX: "1000" });
    await greedy.ready();
    // One that was killed in the test before may still count.
    const [, nodes, wanted] =
      /The nodes may open (\d+) nodes × DATABASE_POOL_MAX 1000 = (\d+) database connections, but the server gives \d+ \(max_connections\)/.exec(
        greedy.standardError,
      ) ?? [];
    expect(Number(nodes)).toBeGreaterThanOrEqual(3);
    expect(Number(wanted)).toBe(Number(nodes) * 1000);
    for (const { standardError } of servers.slice(0, 2)) expect(standardError).not.toContain("max_connections");
    expect(await greedy.stop()).toBe(0);
  });

  it("do not let in a version that is too far from theirs", async () => {
    const stranger = start({ CAUSEWAY_VERSION: "3.7.0" });
    expect(await stranger.ended()).toBe(1);
    expect(stranger.standardError).toContain("CLUSTER_VERSION_INCOMPATIBLE");
  });
});
