import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, startServer } from "../../src/main.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { readScrape, type Scrape, sampleValue } from "../support/prometheus-text.js";

const example = readFileSync(
  join(import.meta.dirname, "..", "examples", "vital-signs", "composition.flat.json"),
  "utf8",
);

let testDatabase: TestDatabase;
let server: RunningServer;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const environment = { DATABASE_URL: testDatabase.url, PORT: "0", CLUSTER_DISCOVERY: "NONE", CAUSEWAY_COMMIT: "abc" };
  server = await startServer(environment, pino({ level: "silent" }));
});
afterAll(async () => {
  await server?.close();
  await testDatabase.drop();
});

async function scrape(): Promise<Scrape> {
  return readScrape(await (await fetch(`${server.url}/metrics`)).text());
}

async function map(templateId: string, body: string): Promise<number> {
  const url = `${server.url}/openfhir/tofhir?templateId=${templateId}`;
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  await answer.arrayBuffer();
  return answer.status;
}

describe("the metrics of a server over Postgres", () => {
  it("count one compile however many calls come at once, and its caches answer the next", async () => {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => map("vital_signs", example)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const first = await scrape();
    expect(sampleValue(first, "causeway_compiles_total", { result: "ok" })).toBe(1);
    expect(sampleValue(first, "causeway_cache_entries", { cache: "mappers" })).toBe(1);
    expect(await map("vital_signs", example)).toBe(200);
    const next = await scrape();
    const hits = (scraped: Scrape) => sampleValue(scraped, "causeway_cache_hits_total", { cache: "mappers" }) ?? 0;
    expect(hits(next)).toBe(hits(first) + 1);
    expect(sampleValue(next, "causeway_compiles_total", { result: "ok" })).toBe(1);
  });

  it("count a template without context as a failed load, not as a failed compile", async () => {
    const failures = async () =>
      sampleValue(await scrape(), "causeway_cache_load_failures_total", { cache: "mappers" });
    const before = (await failures()) ?? 0;
    expect(await map("no_such_template", example)).toBe(400);
    expect(await failures()).toBe(before + 1);
    expect(sampleValue(await scrape(), "causeway_compiles_total", { result: "failed" })).toBe(0);
  });

  it("show the node, its place in the log and its connections", async () => {
    const scraped = await scrape();
    expect(sampleValue(scraped, "causeway_build_info", { commit: "abc" })).toBe(1);
    expect(sampleValue(scraped, "causeway_cluster_members")).toBe(1);
    expect(sampleValue(scraped, "causeway_cluster_head_position")).toBeGreaterThan(0);
    expect(sampleValue(scraped, "causeway_cluster_applied_position")).toBe(
      sampleValue(scraped, "causeway_cluster_head_position"),
    );
    expect(sampleValue(scraped, "causeway_cluster_cut_off")).toBe(0);
    expect(sampleValue(scraped, "causeway_channel_connected", { channel: "NONE" })).toBeDefined();
    const connections = (state: string) => sampleValue(scraped, "causeway_pool_connections", { state }) ?? 0;
    expect(connections("used") + connections("free")).toBeGreaterThan(0);
    expect(sampleValue(scraped, "causeway_pool_waiting")).toBe(0);
  });

  it("let a caller see no template and no tenant in any label", async () => {
    for (const { labels } of (await scrape()).samples) {
      expect([...labels.values()].join()).not.toMatch(/vital|no_such_template|default/);
      expect([...labels.keys()]).not.toContain("tenant");
    }
  });
});
