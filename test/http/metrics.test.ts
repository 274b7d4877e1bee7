import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { CompileCount } from "../../src/http/metrics/compile-count.js";
import { readScrape, type Scrape, sampleValue } from "../support/prometheus-text.js";
import { cacheStatistics, clusterState, replicaState, secondLevelStatistics } from "./metric-states.js";
import { type TestApp, type TestAppOptions, testApp } from "./test-app.js";

async function measuredApp(options: TestAppOptions = {}): Promise<TestApp & { scrape(): Promise<Scrape> }> {
  const testing = await testApp(options);
  onTestFinished(() => testing.app.close());
  return { ...testing, scrape: async () => readScrape((await testing.app.inject({ url: "/metrics" })).body) };
}

/** Every value of a metric, under the values of its labels in the order in which they are printed. */
function valuesOf({ samples }: Scrape, name: string): Record<string, number> {
  const fitting = samples.filter((one) => one.name === name);
  return Object.fromEntries(fitting.map(({ labels, value }) => [[...labels.values()].join(" "), value]));
}

describe("the metrics", () => {
  it("come in the text format of Prometheus, in every state of the server", async () => {
    const { app } = await measuredApp({ state: () => "STARTING" });
    const answer = await app.inject({ url: "/metrics" });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(readScrape(answer.body).types.get("causeway_build_info")).toBe("gauge");
  });

  it("tell the program and when it started", async () => {
    const { scrape } = await measuredApp({
      metrics: { build: { version: "1.2.3", commit: "abc" }, startedAt: new Date("2026-01-01T00:00:00.500Z") },
    });
    const scraped = await scrape();
    expect(valuesOf(scraped, "causeway_build_info")).toEqual({ "1.2.3 abc": 1 });
    expect(valuesOf(scraped, "causeway_start_time_seconds")).toEqual({ "": 1767225600.5 });
  });

  it("belong to their app, while those of the process are in each", async () => {
    const one = await measuredApp({ metrics: { build: { version: "1", commit: "a" } } });
    const other = await measuredApp({ metrics: { build: { version: "2", commit: "b" } } });
    await one.app.inject({ url: "/health" });
    for (const [{ scrape }, build, requests] of [[one, "1 a", 1] as const, [other, "2 b", undefined] as const]) {
      const scraped = await scrape();
      expect(valuesOf(scraped, "causeway_build_info")).toEqual({ [build]: 1 });
      expect(sampleValue(scraped, "causeway_request_duration_seconds_count")).toBe(requests);
      expect(sampleValue(scraped, "process_resident_memory_bytes")).toBeGreaterThan(1e6);
    }
  });

  it("count what each cache reports", async () => {
    const caches = [cacheStatistics(), cacheStatistics({ cache: "opt", group: "opt", hits: 1 })];
    const { scrape } = await measuredApp({ metrics: { caches: () => caches } });
    const scraped = await scrape();
    const mappers = { cache: "mappers", group: "fhir-connect" };
    const value = (name: string, labels = {}) => sampleValue(scraped, name, { ...mappers, ...labels });
    expect(valuesOf(scraped, "causeway_cache_hits_total")).toEqual({ "mappers fhir-connect": 70, "opt opt": 1 });
    expect(value("causeway_cache_misses_total")).toBe(9);
    expect(value("causeway_cache_loads_total")).toBe(8);
    expect(value("causeway_cache_load_failures_total")).toBe(3);
    expect(value("causeway_cache_load_seconds_total")).toBe(1.5);
    expect(value("causeway_cache_entries")).toBe(5);
    expect(value("causeway_cache_bytes")).toBe(4096);
    for (const [cause, times] of Object.entries({ invalidated: 4, expired: 3, capacity: 2, dropped: 1 })) {
      expect(value("causeway_cache_evictions_total", { cause })).toBe(times);
    }
  });

  it("say what a cache reports now, however often they are read", async () => {
    let hits = 1;
    const { scrape } = await measuredApp({ metrics: { caches: () => [cacheStatistics({ hits })] } });
    const seen = async () => sampleValue(await scrape(), "causeway_cache_hits_total");
    expect(await seen()).toBe(1);
    expect(await seen()).toBe(1);
    hits = 5;
    expect(await seen()).toBe(5);
  });

  it("count the compiles, those that fail apart", async () => {
    const count = new CompileCount();
    const { scrape } = await measuredApp({ metrics: { compiles: () => count.counts() } });
    expect(valuesOf(await scrape(), "causeway_compiles_total")).toEqual({ ok: 0, failed: 0 });
    const compile = count.counting((source: string) => {
      if (source === "broken") throw new RangeError("does not compile");
      return `plan of ${source}`;
    });
    expect(await compile("one")).toBe("plan of one");
    expect(await compile("other")).toBe("plan of other");
    await expect(compile("broken")).rejects.toThrow(RangeError);
    expect(valuesOf(await scrape(), "causeway_compiles_total")).toEqual({ ok: 2, failed: 1 });
  });

  it("follow the node's part in the cluster and its channel", async () => {
    const { scrape } = await measuredApp({ metrics: { cluster: () => clusterState() } });
    const scraped = await scrape();
    expect(sampleValue(scraped, "causeway_cluster_applied_position")).toBe(17);
    expect(sampleValue(scraped, "causeway_cluster_head_position")).toBe(19);
    expect(sampleValue(scraped, "causeway_cluster_last_sync_age_seconds")).toBe(0.25);
    expect(sampleValue(scraped, "causeway_cluster_cut_off")).toBe(0);
    expect(sampleValue(scraped, "causeway_cluster_full_drops_total")).toBe(6);
    expect(sampleValue(scraped, "causeway_cluster_members")).toBe(1);
    expect(valuesOf(scraped, "causeway_channel_connected")).toEqual({ TCP: 1 });
    expect(valuesOf(scraped, "causeway_channel_sent_total")).toEqual({ TCP: 11 });
    expect(valuesOf(scraped, "causeway_channel_received_total")).toEqual({ TCP: 12 });
    expect(valuesOf(scraped, "causeway_channel_refused_total")).toEqual({ TCP: 13 });
    expect(valuesOf(scraped, "causeway_channel_reconnects_total")).toEqual({ TCP: 14 });
    expect(valuesOf(scraped, "causeway_channel_lag_positions")).toEqual({ TCP: 15 });
  });

  it("say that the node is cut off and its channel reaches nobody", async () => {
    const state = clusterState();
    const { scrape } = await measuredApp({
      metrics: {
        cluster: () => ({ ...state, freshness: "cut-off", channel: { ...state.channel, connected: false } }),
      },
    });
    const scraped = await scrape();
    expect(sampleValue(scraped, "causeway_cluster_cut_off")).toBe(1);
    expect(sampleValue(scraped, "causeway_channel_connected")).toBe(0);
  });

  it("say nothing, not zero, of a cluster that the node is no part of", async () => {
    const { samples } = await (await measuredApp({ metrics: { cluster: () => undefined } })).scrape();
    expect(samples.filter(({ name }) => /^causeway_(?:cluster|channel)_/.test(name))).toEqual([]);
  });

  it("tell how the connections to the database are used", async () => {
    const pool = () => ({ used: 5, free: 2, waiting: 3, oldestWaitMilliseconds: 1250 });
    const { scrape } = await measuredApp({ metrics: { pool } });
    const scraped = await scrape();
    expect(valuesOf(scraped, "causeway_pool_connections")).toEqual({ used: 5, free: 2 });
    expect(sampleValue(scraped, "causeway_pool_waiting")).toBe(3);
    expect(sampleValue(scraped, "causeway_pool_oldest_wait_seconds")).toBe(1.25);
  });
});

describe("the metrics of requests", () => {
  const count = "causeway_request_duration_seconds_count";

  it("count answers under the pattern of the route, the method and the status", async () => {
    const { app, scrape } = await measuredApp();
    await app.inject({ url: "/opt/3f9c" });
    await app.inject({ url: "/opt/77aa" });
    await app.inject({ url: "/health" });
    expect(valuesOf(await scrape(), count)).toEqual({ "/opt/:id GET 404": 2, "/health GET 200": 1 });
  });

  it("hold nothing that the caller chose, be it a path, a query or a template", async () => {
    const { app, scrape } = await measuredApp();
    await app.inject({ url: "/secret-path?name=secret-name" });
    await app.inject({ method: "POST", url: "/openfhir/tofhir?templateId=secret-template", payload: { a: "secret" } });
    await app.inject({ method: "PATCH", url: "/opt" });
    await app.inject({ url: "/opt/%E0%A4%A-secret" });
    const scraped = await scrape();
    expect(Object.keys(valuesOf(scraped, count))).toContain("unmatched GET 404");
    expect(Object.keys(valuesOf(scraped, count))).toContain("unmatched PATCH 405");
    for (const { labels } of scraped.samples) expect([...labels.values()].join()).not.toContain("secret");
  });

  it("sort each answer by how long it took", async () => {
    let now = 0;
    const { app, store, scrape } = await measuredApp({ metrics: { now: () => now } });
    vi.spyOn(store.templates, "list").mockImplementation(async () => {
      now += 31_000;
      return [];
    });
    await app.inject({ url: "/opt" });
    const scraped = await scrape();
    expect(sampleValue(scraped, "causeway_request_duration_seconds_sum")).toBe(31);
    expect(sampleValue(scraped, "causeway_request_duration_seconds_bucket", { le: "30" })).toBe(0);
    expect(sampleValue(scraped, "causeway_request_duration_seconds_bucket", { le: "60" })).toBe(1);
  });

  it("tell how old the oldest request under way is, the scrape itself left out", async () => {
    let now = 0;
    const answers: (() => void)[] = [];
    const { app, store, scrape } = await measuredApp({ metrics: { now: () => now } });
    vi.spyOn(store.templates, "list").mockImplementation(
      () => new Promise((resolve) => answers.push(() => resolve([]))),
    );
    const oldest = async () => sampleValue(await scrape(), "causeway_requests_in_flight_oldest_seconds");
    expect(await oldest()).toBe(0);
    const first = app.inject({ url: "/opt" });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    now = 20_000;
    const second = app.inject({ url: "/opt" });
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    now = 35_000;
    expect(await oldest()).toBe(35);
    answers[0]?.();
    await first;
    expect(await oldest()).toBe(15);
    answers[1]?.();
    await second;
    expect(await oldest()).toBe(0);
  });

  it("count what the second level and each replica report", async () => {
    const metrics = { secondLevel: secondLevelStatistics, replicas: () => [replicaState()] };
    const { scrape } = await measuredApp({ metrics });
    const scraped = await scrape();
    expect(valuesOf(scraped, "causeway_second_level_connected")).toEqual({ "": 1 });
    const rows = { hit: 21, miss: 22, refused: 23, put: 24, too_large: 25, failed: 26 };
    expect(valuesOf(scraped, "causeway_second_level_rows_total")).toEqual(rows);
    const database = "replica:5432/causeway";
    const reads = { [`${database} answered`]: 31, [`${database} behind`]: 32, [`${database} failed`]: 33 };
    expect(valuesOf(scraped, "causeway_replica_reads_total")).toEqual(reads);
  });

  it("forget a request whose caller has left, and count it as 499", async () => {
    let entered = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const { app, store, scrape } = await measuredApp();
    vi.spyOn(store.templates, "list").mockImplementation(() => {
      entered();
      return new Promise(() => {});
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const address = app.server.address();
    const socket = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
    socket.write("GET /opt HTTP/1.1\r\nHost: here\r\n\r\n");
    await inside;
    socket.destroy();
    await once(socket, "close");
    await vi.waitFor(async () => {
      const scraped = await scrape();
      expect(valuesOf(scraped, count)).toEqual({ "/opt GET 499": 1 });
      expect(sampleValue(scraped, "causeway_requests_in_flight_oldest_seconds")).toBe(0);
    });
  });
});
