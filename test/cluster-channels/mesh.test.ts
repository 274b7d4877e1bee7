import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Mesh } from "../../src/cluster/channels/mesh.js";
import {
  type ChannelUnderTest,
  closeChannels,
  epoch,
  freePort,
  newCluster,
  newInstanceId,
  startChannel,
  until,
  untilMeshed,
} from "./channel-under-test.js";

const cluster = newCluster();

function portOf(node: ChannelUnderTest): number {
  if (!(node.channel instanceof Mesh) || node.channel.port === undefined) throw new Error("does not listen");
  return node.channel.port;
}

afterEach(closeChannels);

describe("the mesh of TCP nodes", () => {
  it("carries hints and confirmations to the other node and names their sender", async () => {
    const first = await startChannel("TCP", { cluster, initialHosts: "127.0.0.1[1]" });
    const second = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${portOf(first)}]` });
    await untilMeshed(first, second);
    first.channel.announce({ epoch, position: 17 });
    second.channel.confirm({ epoch, position: 17 });
    await until("both are told", () => second.hints.length > 0 && first.confirmations.length > 0);
    expect(second.hints).toEqual([{ epoch, position: 17 }]);
    expect(first.confirmations).toEqual([{ instanceId: second.instanceId, applied: { epoch, position: 17 } }]);
    expect(first.hints).toEqual([]);
  });

  it("counts every message once on either side", async () => {
    const first = await startChannel("TCP", { cluster, initialHosts: "127.0.0.1[1]" });
    const second = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${portOf(first)}]` });
    await untilMeshed(first, second);
    for (let position = 1; position <= 100; position++) first.channel.announce({ epoch, position });
    for (let position = 1; position <= 50; position++) first.channel.confirm({ epoch, position });
    await until("all arrived", () => second.state().received === 150);
    expect(first.state()).toMatchObject({ sent: 150, received: 0, refused: 0, reconnects: 0, connected: true });
    expect(second.state()).toMatchObject({ sent: 0, received: 150, refused: 0, reconnects: 0, connected: true });
    expect(second.hints.map(({ position }) => position)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("connects all nodes when each knows only the first one", async () => {
    const first = await startChannel("TCP", { cluster, initialHosts: "127.0.0.1[1]" });
    const seed = `127.0.0.1[${portOf(first)}]`;
    const others = await Promise.all([1, 2, 3].map(() => startChannel("TCP", { cluster, initialHosts: seed })));
    await untilMeshed(first, ...others);
  });

  it("works with a list that names the node itself as with one that does not", async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const whole = ports.map((port) => `127.0.0.1[${port}]`).join(",");
    const nodes = await Promise.all(
      ports.map((port, index) =>
        startChannel("TCP", {
          cluster,
          port,
          initialHosts: index === 2 ? `127.0.0.1[${ports[0]}],127.0.0.1:${ports[1]}` : whole,
        }),
      ),
    );
    await untilMeshed(...nodes);
    for (const node of nodes) expect(node.state().peers).not.toContain(node.instanceId);
    for (const node of nodes) expect(node.state().refused).toBe(0);
  });

  it("keeps one connection when two nodes find each other at the same moment", async () => {
    const ports = [await freePort(), await freePort()];
    const initialHosts = ports.map((port) => `127.0.0.1[${port}],localhost[${port}]`).join(",");
    const nodes = await Promise.all(ports.map((port) => startChannel("TCP", { cluster, port, initialHosts })));
    await untilMeshed(...nodes);
    const connections = (node: ChannelUnderTest): number =>
      node.channel instanceof Mesh ? node.channel.connections : 0;
    await until("one is left", () => nodes.every((node) => connections(node) === 1));
    nodes[0]?.channel.announce({ epoch, position: 3 });
    await until("the hint arrives", () => nodes[1]?.hints.length === 1);
  });

  it("takes the next port when its own is taken, and is found there", async () => {
    const port = await freePort();
    const taken = createServer();
    taken.listen(port, "127.0.0.1");
    await once(taken, "listening");
    try {
      const first = await startChannel("TCP", { cluster, port, initialHosts: "127.0.0.1[1]" });
      expect(portOf(first)).toBeGreaterThan(port);
      expect(portOf(first)).toBeLessThan(port + 20);
      const second = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${portOf(first)}]` });
      await untilMeshed(first, second);
    } finally {
      taken.close();
    }
  });

  it("starts when the only port it may use is taken, says so, and listens once it is free", async () => {
    const taken = createServer();
    taken.listen(65_535, "127.0.0.1");
    await once(taken, "listening");
    const node = await startChannel("TCP", { cluster, port: 65_535, initialHosts: "127.0.0.1[1]" });
    expect(node.state().lastError).toContain("EADDRINUSE");
    expect(node.says("cannot listen on its cluster port")).toBe(true);
    taken.close();
    await until("it listens", () => node.channel instanceof Mesh && node.channel.port === 65_535);
  });

  it("connects again with a node that went away and came back, and gives it the last word", async () => {
    const port = await freePort();
    const first = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${port}]` });
    const second = await startChannel("TCP", { cluster, port, initialHosts: "127.0.0.1[1]" });
    await untilMeshed(first, second);
    await second.channel.close();
    await until("it is gone", () => first.state().peers.length === 0);
    expect(first.state().connected).toBe(false);
    first.channel.announce({ epoch, position: 9 });
    const third = await startChannel("TCP", { cluster, port, initialHosts: "127.0.0.1[1]" });
    await untilMeshed(first, third);
    await until("the hint arrives", () => third.hints.length === 1);
    expect(third.hints).toEqual([{ epoch, position: 9 }]);
    expect(third.missed()).toBe(1);
  });

  it("refuses a node of a version that is no neighbour, and both say so", async () => {
    const old = { instanceId: newInstanceId(), version: "1.4.0", commit: "" };
    const recent = { instanceId: newInstanceId(), version: "1.6.0", commit: "" };
    const first = await startChannel("TCP", { cluster, identity: old, initialHosts: "127.0.0.1[1]" });
    const second = await startChannel("TCP", {
      cluster,
      identity: recent,
      initialHosts: `127.0.0.1[${portOf(first)}]`,
    });
    await until("both log it", () => [first, second].every((node) => node.says("do not work together")));
    expect(first.state().peers).toEqual([]);
    expect(second.state().peers).toEqual([]);
    expect(first.state().refused).toBeGreaterThan(0);
    expect(second.state().refused).toBeGreaterThan(0);
  });

  it("lets versions that are neighbours work together", async () => {
    const first = await startChannel("TCP", {
      cluster,
      identity: { instanceId: newInstanceId(), version: "1.9.4", commit: "" },
      initialHosts: "127.0.0.1[1]",
    });
    const second = await startChannel("TCP", {
      cluster,
      identity: { instanceId: newInstanceId(), version: "2.0.0", commit: "" },
      initialHosts: `127.0.0.1[${portOf(first)}]`,
    });
    await untilMeshed(first, second);
  });

  it("names the other modes in one line when it finds nobody", async () => {
    const node = await startChannel("TCP", { cluster, initialHosts: "127.0.0.1[1]" });
    await until("it says so", () => node.says("No other node was found"));
    const lines = node.log.filter(({ message }) => message.includes("No other node was found"));
    expect(lines).toHaveLength(1);
    for (const mode of ["MULTICAST", "DNS", "TCP", "POSTGRES", "REDIS"]) expect(lines[0]?.message).toContain(mode);
  });

  it("says what is wrong with its list of hosts and starts all the same", async () => {
    const node = await startChannel("TCP", { cluster, initialHosts: "node[0]" });
    await until("its state names it", () => node.state().lastError?.includes('"node[0]"') === true);
    expect(node.state().connected).toBe(false);
  });
});
