import fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { parse } from "yaml";
import { openDatabase } from "../../src/store/database.js";
import { createTestDatabase } from "../support/database.js";
import { healthyCluster, ObservedNode } from "./observed-node.js";
import { readRuleGroups } from "./promql/alert-rules.js";
import { checkRules, havePromtool, testAlert } from "./promql/promtool.js";
import { parseExpression } from "./promql/syntax.js";

const k8s = join(import.meta.dirname, "..", "..", "k8s");
const groups = readRuleGroups(join(k8s, "alerts.yaml"));
const rules = groups.flatMap((group) => group.rules);

async function startedNode(): Promise<ObservedNode> {
  const node = new ObservedNode();
  await node.start();
  await node.observe(60);
  return node;
}

/** The alerts that fire at the last scrape of the node; promtool, where it is on the machine, must see it the same way. */
function firingAlerts({ prometheus }: ObservedNode): string[] {
  const last = prometheus.lastSeconds;
  return rules
    .filter((rule) => {
      const fires = prometheus.fires(rule);
      if (havePromtool) {
        const used = prometheus.series.filter(({ labels }) => rule.expr.includes(labels.get("__name__") ?? ""));
        expect(testAlert(groups, rule.alert, used, last, fires), `promtool on ${rule.alert}`).toBe("");
      }
      return fires;
    })
    .map(({ alert }) => alert);
}

/** What drives each alert over its threshold: `calm` comes close and must not raise it, `over` must. */
interface Situation {
  readonly calm: (node: ObservedNode) => Promise<void>;
  readonly over: (node: ObservedNode) => Promise<void>;
  /** Alerts that cannot but fire together with it. */
  readonly others?: readonly string[];
}

const situations: Readonly<Record<string, Situation>> = {
  CausewayCutOff: {
    calm: async (node) => {
      await node.observe(15, () => become(node, { freshness: "cut-off" }));
    },
    over: async (node) => {
      await node.observe(30, () => become(node, { freshness: "cut-off" }));
    },
  },
  CausewayStale: {
    calm: async (node) => {
      await node.observe(120, () => become(node, { lastSyncAgeMilliseconds: 1000 }));
      await node.observe(30, () => become(node, { lastSyncAgeMilliseconds: 1001 }));
    },
    over: async (node) => {
      await node.observe(45, () => become(node, { lastSyncAgeMilliseconds: 1001 }));
    },
  },
  CausewayBehind: {
    calm: async (node) => {
      await node.observe(60, () => become(node, { head: position(18), applied: position(17) }));
      await node.observe(15, () => become(node, { head: position(18), applied: position(18) }));
    },
    over: async (node) => {
      await node.observe(75, () => become(node, { head: position(18), applied: position(17) }));
    },
  },
  CausewayChannelDown: {
    calm: async (node) => {
      const { members, channel } = healthyCluster();
      await node.observe(600, () => {
        become(node, { members: members.slice(0, 1), channel: { ...channel, connected: false } });
      });
    },
    over: async (node) => {
      await node.observe(315, () => become(node, { channel: { ...node.cluster.channel, connected: false } }));
    },
  },
  CausewayStrangers: {
    calm: (node) => node.observe(300),
    over: async (node) => {
      const { channel } = node.cluster;
      await node.observe(15, () => become(node, { channel: { ...channel, refused: channel.refused + 1 } }));
    },
  },
  CausewayCachesDropped: {
    calm: (node) => node.observe(300),
    over: (node) => node.observe(15, () => become(node, { fullDrops: node.cluster.fullDrops + 1 })),
  },
  CausewayPoolWaiting: {
    calm: (node) => withHeldPool(node, 30),
    over: (node) => withHeldPool(node, 45),
  },
  CausewayRequestLong: {
    calm: (node) => withHangingRequest(node, 30),
    over: (node) => withHangingRequest(node, 45),
  },
  CausewayMemory: {
    calm: async (node) => {
      withMemory(0.85 * limitOfDeployment());
      await node.observe(600);
    },
    over: async (node) => {
      withMemory(0.86 * limitOfDeployment());
      await node.observe(315);
    },
  },
  CausewayRestarts: {
    calm: async (node) => {
      await node.start();
      await node.observe(60);
    },
    over: async (node) => {
      for (const _ of [1, 2]) {
        await node.start();
        await node.observe(60);
      }
    },
  },
};

function become(node: ObservedNode, changes: Partial<ObservedNode["cluster"]>): void {
  node.cluster = { ...node.cluster, ...changes };
}

function position(number: number): { readonly epoch: string; readonly position: number } {
  return { epoch: "epoch", position: number };
}

/**
 * All connections of a real pool are held, and callers keep asking: each gives up after the time that the pool allows, five
 * seconds in the clock of the node, and the next takes its place.
 */
async function withHeldPool(node: ObservedNode, seconds: number): Promise<void> {
  const testDatabase = await createTestDatabase({ empty: true });
  onTestFinished(() => testDatabase.drop());
  const database = openDatabase(testDatabase.connection, 2, 100);
  // On a busy machine a connection may take longer than this pool allows.
  const hold = () => vi.waitFor(() => database.pool.connect(), { timeout: 20_000 });
  const held = [await hold(), await hold()];
  onTestFinished(async () => {
    for (const client of held) client.release();
    await database.close();
  });
  node.pool = () => database.pool.state();
  let givenUp: Promise<unknown> = Promise.resolve();
  await node.observe(seconds, async () => {
    await givenUp;
    givenUp = expect(database.pool.connect()).rejects.toThrow("timeout");
  });
  await givenUp;
}

async function withHangingRequest(node: ObservedNode, seconds: number): Promise<void> {
  let answer = () => {};
  const { app, store } = node.app;
  const reached = new Promise<void>((resolve) => {
    vi.spyOn(store.templates, "list").mockImplementation(() => {
      resolve();
      return new Promise((resolveList) => {
        answer = () => resolveList([]);
      });
    });
  });
  const hanging = app.inject({ url: "/opt" });
  await reached;
  onTestFinished(async () => {
    answer();
    await hanging;
  });
  await node.observe(seconds);
}

const { readFileSync } = fs;

/** What the system says this process has in memory; on Linux that is a file. */
function withMemory(bytes: number): void {
  const status = vi.spyOn(fs, "readFileSync").mockImplementation(((...words: Parameters<typeof readFileSync>) => {
    const read = readFileSync(...words);
    if (words[0] !== "/proc/self/status") return read;
    return String(read).replace(/^(VmRSS:\s+)\d+/m, (_, name) => `${name}${Math.floor(bytes / 1024)}`);
  }) as typeof readFileSync);
  const usage = vi.spyOn(process, "memoryUsage").mockReturnValue({ ...process.memoryUsage(), rss: Math.floor(bytes) });
  onTestFinished(() => {
    status.mockRestore();
    usage.mockRestore();
  });
}

describe("the alert rules", () => {
  it("are each driven over their threshold here", () => {
    expect(rules.map(({ alert }) => alert).sort()).toEqual(Object.keys(situations).sort());
  });

  it("are written in the part of PromQL that is judged here, and say what is wrong and what to do", () => {
    for (const rule of rules) {
      expect(() => parseExpression(rule.expr)).not.toThrow();
      expect(rule.annotations?.summary, rule.alert).toMatch(/\S/);
      expect(rule.annotations?.description, rule.alert).toMatch(/\S/);
      expect(rule.labels?.severity, rule.alert).toMatch(/^(?:critical|warning|info)$/);
    }
  });

  it.skipIf(!havePromtool)("are found right by promtool, where it is on the machine", () => {
    expect(checkRules(groups)).toBe("");
  });

  it("stay silent while a node does well", async () => {
    const node = await startedNode();
    await node.observe(2400);
    expect(firingAlerts(node)).toEqual([]);
  });

  it("stay silent when a node that has refused messages and dropped its caches is started again once", async () => {
    const node = await startedNode();
    const { channel } = node.cluster;
    await node.observe(1800);
    await node.start();
    await node.observe(60, () => become(node, { fullDrops: 0, channel: { ...channel, refused: 0 } }));
    expect(firingAlerts(node)).toEqual([]);
  });

  it.each(Object.entries(situations))(
    "%s waits for its threshold, then fires",
    async (alert, { calm, over, others }) => {
      const calmNode = await startedNode();
      await calm(calmNode);
      expect(firingAlerts(calmNode)).not.toContain(alert);
      const node = await startedNode();
      await over(node);
      expect(firingAlerts(node)).toEqual([alert, ...(others ?? [])]);
    },
  );

  it("know the memory limit of the deployment", () => {
    const expression = rules.find(({ alert }) => alert === "CausewayMemory")?.expr;
    expect(expression).toContain(`0.85 * ${limitOfDeployment()})`);
  });
});

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly resources?: { readonly limits?: { readonly memory?: string } } }[];
      };
    };
  };
}

/** The bytes that a container of the server may use before it is killed. */
function limitOfDeployment(): number {
  const deployment = parse(fs.readFileSync(join(k8s, "base", "deployment.yaml"), "utf8")) as Deployment;
  const limits = deployment.spec.template.spec.containers.map(({ resources }) => resources?.limits?.memory ?? "");
  const [, count, unit] = /^(\d+)(Mi|Gi)$/.exec(limits[0] ?? "") ?? [];
  if (count === undefined) throw new Error(`the deployment limits memory to "${limits[0]}"`);
  return Number(count) * (unit === "Gi" ? 1024 ** 3 : 1024 ** 2);
}
