import type { Registry } from "prom-client";
import type { Compiles } from "./compile-count.js";
import { readCounter } from "./read-metrics.js";

/** Mappers compiled: with single flight one for each template of a tenant, until something it was made from changes. */
export function addCompileMetrics(registry: Registry, compiles: () => Compiles): void {
  readCounter(registry, {
    name: "causeway_compiles_total",
    help: "Mappers compiled, by result.",
    labels: ["result"] as const,
    samples: () => {
      const { ok, failed } = compiles();
      return [
        { labels: { result: "ok" }, value: ok },
        { labels: { result: "failed" }, value: failed },
      ];
    },
  });
}
