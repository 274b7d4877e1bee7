import type { Registry } from "prom-client";
import type { BuildIdentity } from "./metric-sources.js";
import { readGauge } from "./read-metrics.js";

/** Which program this is, and since when it runs. */
export function addBuildMetrics(registry: Registry, { version, commit }: BuildIdentity, startedAt: Date): void {
  readGauge(registry, {
    name: "causeway_build_info",
    help: "Always 1; its labels say which program this is.",
    labels: ["version", "commit"] as const,
    samples: () => [{ labels: { version, commit }, value: 1 }],
  });
  readGauge(registry, {
    name: "causeway_start_time_seconds",
    help: "When the server started, in seconds since 1970.",
    labels: [],
    samples: () => [{ labels: {}, value: startedAt.getTime() / 1000 }],
  });
}
