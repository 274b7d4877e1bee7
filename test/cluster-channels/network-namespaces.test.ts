import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newCluster, until } from "./channel-under-test.js";
import { type ChannelProcess, startChannelProcess } from "./start-channel-process.js";

const prefix = `cw${process.pid}`;
const hub = `${prefix}hub`;
const hosts = [1, 2, 3].map((number) => `${prefix}n${number}`);

function ip(...words: readonly string[]): void {
  execFileSync("ip", [...words], { stdio: "pipe" });
}

/** Whether this process may make network namespaces with bridges between them. */
function namespacesWork(): boolean {
  const trial = `${prefix}try`;
  try {
    ip("netns", "add", trial);
    ip("-n", trial, "link", "add", "br0", "type", "bridge");
    ip("-n", trial, "link", "add", "v0", "type", "veth", "peer", "name", "v1");
    return true;
  } catch {
    return false;
  } finally {
    remove(trial);
  }
}

function remove(namespace: string): void {
  try {
    ip("netns", "del", namespace);
  } catch {
    // It was never made.
  }
}

const works = process.getuid?.() === 0 && namespacesWork();

describe.skipIf(!works)("hosts on one network (needs root and network namespaces)", () => {
  const processes: ChannelProcess[] = [];

  beforeAll(() => {
    ip("netns", "add", hub);
    ip("-n", hub, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
    ip("-n", hub, "link", "set", "br0", "up");
    hosts.forEach((host, index) => {
      ip("netns", "add", host);
      ip("-n", host, "link", "add", "eth0", "type", "veth", "peer", "name", `v${index}`, "netns", hub);
      ip("-n", hub, "link", "set", `v${index}`, "master", "br0");
      ip("-n", hub, "link", "set", `v${index}`, "up");
      ip("-n", host, "addr", "add", `10.99.0.${index + 1}/24`, "dev", "eth0");
      ip("-n", host, "link", "set", "lo", "up");
      ip("-n", host, "link", "set", "eth0", "up");
    });
  });

  afterAll(async () => {
    for (const started of processes) started.child.kill("SIGKILL");
    await Promise.allSettled(processes.map((started) => started.ended()));
    for (const namespace of [...hosts, hub]) remove(namespace);
  });

  const peersOf = (started: ChannelProcess | undefined): number => started?.report()?.peers.length ?? 0;

  it("find each other by multicast with no setting and no default route, and again after the network was cut", async () => {
    const cluster = newCluster();
    for (const host of hosts) {
      processes.push(startChannelProcess("MULTICAST", cluster, { port: 7800 }, ["ip", "netns", "exec", host]));
    }
    await until("all are connected", () => processes.every((started) => peersOf(started) === 2));
    processes[0]?.tell("announce 5");
    await until("all are told", () => processes.slice(1).every((started) => started.report()?.hints.includes(5)));

    ip("-n", hub, "link", "set", "v0", "down");
    await until("the cut is noticed on both sides", () => processes.map(peersOf).join() === "0,1,1");
    processes[0]?.tell("announce 6");
    ip("-n", hub, "link", "set", "v0", "up");
    await until("all are connected again", () => processes.every((started) => peersOf(started) === 2));
    await until("all are told what they missed", () =>
      processes.slice(1).every((started) => started.report()?.hints.includes(6)),
    );
    for (const started of processes) expect(started.report()?.reconnects).toBeGreaterThan(0);
  });

  it("find each other on an address that an interface gets later", async () => {
    const cluster = newCluster();
    ip("-n", hosts[0] ?? "", "addr", "del", "10.99.0.1/24", "dev", "eth0");
    const settings = { port: 7900 };
    const pair = hosts
      .slice(0, 2)
      .map((host) => startChannelProcess("MULTICAST", cluster, settings, ["ip", "netns", "exec", host]));
    processes.push(...pair);
    await until("both have started", () => pair.every((started) => started.report() !== undefined));
    ip("-n", hosts[0] ?? "", "addr", "add", "10.99.0.9/24", "dev", "eth0");
    await until("both are connected", () => pair.every((started) => peersOf(started) === 1));
  });
});
