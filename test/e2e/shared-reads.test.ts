import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createTestDatabase, databaseUrl } from "../support/database.js";
import { readScrape, sampleValue } from "../support/prometheus-text.js";
import { haveRedis, startRedis } from "../support/redis-server.js";
import { haveReplication, startStreamingPair } from "../support/streaming-replica.js";
import { ServerProcess } from "./server-process.js";

const composition = readFileSync(
  join(import.meta.dirname, "..", "examples", "vital-signs", "composition.json"),
  "utf8",
);

async function start(environment: Readonly<Record<string, string>>): Promise<string> {
  const server = new ServerProcess({ DRAIN_MS: "0", CLUSTER_DISCOVERY: "NONE", ...environment });
  onTestFinished(async () => {
    await server.stop();
  });
  return server.ready();
}

const map = (url: string) =>
  fetch(`${url}/tofhir`, { method: "POST", headers: { "content-type": "application/json" }, body: composition });

const metric = async (url: string, name: string, labels: Readonly<Record<string, string>>) =>
  sampleValue(readScrape(await (await fetch(`${url}/metrics`)).text()), name, labels);

describe.skipIf(!haveRedis)("a server with a second level (needs redis-server on this machine)", () => {
  it("finds the rows that another server has parsed, and answers the same", async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const environment = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    const first = await start(environment);
    const answer = await map(first);
    expect(answer.status).toBe(200);
    await vi.waitFor(async () =>
      expect(await metric(first, "causeway_second_level_rows_total", { outcome: "put" })).toBeGreaterThan(1),
    );
    const second = await start(environment);
    expect(await (await map(second)).json()).toEqual(await answer.json());
    expect(await metric(second, "causeway_second_level_rows_total", { outcome: "hit" })).toBeGreaterThan(1);
    expect(await metric(second, "causeway_second_level_rows_total", { outcome: "miss" })).toBe(0);
    await redis.kill();
    expect((await map(await start(environment))).status).toBe(200);
  });
});

describe.skipIf(!haveReplication)("a server with a read replica (needs a whole Postgres on this machine)", () => {
  it("reads from the replica what it has, and always shows what was written before", async () => {
    const pair = await startStreamingPair();
    onTestFinished(() => pair[Symbol.asyncDispose]());
    const url = await start({
      DATABASE_URL: databaseUrl(pair.primary),
      DATABASE_READ_URL: databaseUrl(pair.replica),
    });
    const answered = () => metric(url, "causeway_replica_reads_total", { outcome: "answered" });
    await vi.waitFor(async () => {
      expect((await map(url)).status).toBe(200);
      await fetch(`${url}/fc/context`);
      expect(await answered()).toBeGreaterThan(0);
    });
    await pair.killReplica();
    const stored = await fetch(`${url}/fc/context`);
    expect(stored.status).toBe(200);
    const [context] = (await stored.json()) as { readonly id: string }[];
    expect((await fetch(`${url}/fc/context/${context?.id}`, { method: "DELETE" })).status).toBeLessThan(300);
    expect(await (await fetch(`${url}/fc/context`)).json()).toEqual([]);
  });
});
