import { onTestFinished } from "vitest";
import type { ClusterState } from "../../src/cluster/cluster-state.js";
import type { PoolState } from "../../src/store/watched-pool.js";
import { cacheStatistics, clusterState } from "../http/metric-states.js";
import { type TestApp, testApp } from "../http/test-app.js";
import { intervalSeconds, SimulatedPrometheus } from "./promql/simulated-prometheus.js";

/** A server as Prometheus sees it: the real app under a clock that only scraping moves, and inputs that a test pushes. */
export class ObservedNode {
  readonly prometheus = new SimulatedPrometheus();
  readonly #epoch = Date.UTC(2026, 0, 1);
  #milliseconds = 0;
  #testing: TestApp | undefined;
  /** What the node says of its part in the cluster; a healthy one of two at first. */
  cluster: ClusterState = healthyCluster();
  pool: () => PoolState = () => ({ used: 1, free: 4, waiting: 0, oldestWaitMilliseconds: 0 });

  /** The app that runs now. */
  get app(): TestApp {
    if (this.#testing === undefined) throw new Error("the node was not started");
    return this.#testing;
  }

  /** Monotonic time of the node. */
  readonly now = (): number => this.#milliseconds;

  /** Lets time pass between scrapes. */
  pass(milliseconds: number): void {
    this.#milliseconds += milliseconds;
  }

  /** Starts the server, or another one in its place: what it has counted is gone then. */
  async start(): Promise<void> {
    const testing = await testApp({
      metrics: {
        caches: () => [cacheStatistics()],
        cluster: () => this.cluster,
        pool: () => this.pool(),
        now: this.now,
        startedAt: new Date(this.#epoch + this.#milliseconds),
      },
    });
    onTestFinished(() => testing.app.close());
    this.#testing = testing;
  }

  /** Scrapes the node for so many seconds, `before` each scrape doing what there is to happen. */
  async observe(seconds: number, before: () => void | Promise<void> = () => {}): Promise<void> {
    for (let passed = 0; passed < seconds; passed += intervalSeconds) {
      const scrapedAt = this.#milliseconds + intervalSeconds * 1000;
      await before();
      this.#milliseconds = scrapedAt;
      const { body } = await this.app.app.inject({ url: "/metrics" });
      this.prometheus.scraped([{ text: body, labels: { job: "causeway", instance: "10.0.0.1:8080" } }]);
    }
  }
}

/** The state of a node among two, with everything applied. */
export function healthyCluster(changes: Partial<ClusterState> = {}): ClusterState {
  const { members, applied, ...state } = clusterState();
  return { ...state, applied, head: applied, members: [...members, ...members], ...changes };
}
