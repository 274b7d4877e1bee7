import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { metricOf, readScrape, type Scrape } from "../support/prometheus-text.js";
import { cacheStatistics, clusterState, replicaState, secondLevelStatistics } from "./metric-states.js";
import { testApp } from "./test-app.js";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "operations.md"), "utf8");

/** Name, type and labels of each row of the table under the heading "Metrics". */
function listedMetrics(): string[] {
  const [, section = ""] = page.split(/^## Metrics$/m);
  const [table = ""] = section.split(/^## /m);
  return table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, name = "", type = "", labels = ""] = line.split("|").map((cell) => cell.replaceAll("`", "").trim());
      return `${name} ${type} (${labels})`;
    });
}

/** The same of a scrape, for the metrics that are ours. */
function scrapedMetrics({ types, samples }: Scrape): string[] {
  return [...types]
    .filter(([name]) => name.startsWith("causeway_"))
    .map(([name, type]) => {
      const ofMetric = samples.filter((sample) => metricOf(sample.name, types) === name);
      const labels = new Set(ofMetric.flatMap((sample) => [...sample.labels.keys()]));
      labels.delete("le");
      return `${name} ${type} (${[...labels].join(", ")})`;
    });
}

describe("the table of metrics in the operations guide", () => {
  it("lists each metric with its type and labels, and none that is gone", async () => {
    const { app } = await testApp({
      metrics: {
        caches: () => [cacheStatistics()],
        cluster: () => clusterState(),
        secondLevel: () => secondLevelStatistics(),
        replicas: () => [replicaState()],
      },
    });
    onTestFinished(() => app.close());
    await app.inject({ url: "/health" });
    const scraped = scrapedMetrics(readScrape((await app.inject({ url: "/metrics" })).body));
    expect(listedMetrics().sort()).toEqual(scraped.sort());
  });
});
