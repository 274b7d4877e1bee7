import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Mesh } from "../../src/cluster/channels/mesh.js";
import { resolveName } from "../../src/cluster/channels/resolve-hosts.js";
import {
  type ChannelUnderTest,
  closeChannels,
  freePort,
  newCluster,
  startChannel,
  until,
  untilMeshed,
} from "./channel-under-test.js";
import { DnsServer } from "./dns-server.js";

const cluster = newCluster();
let server: DnsServer;

beforeEach(async () => {
  server = new DnsServer();
  await server.start();
});

afterEach(async () => {
  await closeChannels();
  server.stop();
});

/** A node on an address of its own, as a pod has it; all use the same port. */
function startPod(bindAddress: string, port: number): Promise<ChannelUnderTest> {
  return startChannel("DNS", { cluster, port, bindAddress, dnsQuery: "nodes.test", resolver: server.resolver() });
}

describe("nodes that find each other by DNS", () => {
  it("are connected with every address of the name, their own among them", async () => {
    const port = await freePort();
    server.addresses.set("nodes.test", ["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    const nodes = await Promise.all(["127.0.0.1", "127.0.0.2", "127.0.0.3"].map((address) => startPod(address, port)));
    await untilMeshed(...nodes);
  });

  it("find an address that is added later, and drop one that is gone", async () => {
    const port = await freePort();
    server.addresses.set("nodes.test", ["127.0.0.1"]);
    const first = await startPod("127.0.0.1", port);
    const second = await startPod("127.0.0.2", port);
    await untilMeshed(first, second);
    server.addresses.set("nodes.test", ["127.0.0.1", "127.0.0.3"]);
    const third = await startPod("127.0.0.3", port);
    await untilMeshed(first, second, third);
    await second.channel.close();
    await untilMeshed(first, third);
  });

  it("keep what they know while the name server fails", async () => {
    const port = await freePort();
    server.addresses.set("nodes.test", ["127.0.0.2"]);
    const first = await startPod("127.0.0.1", port);
    await until("it has asked", () => server.questions > 3);
    server.failing = true;
    const asked = server.questions;
    await until("it has asked again and again", () => server.questions > asked + 30);
    const second = await startPod("127.0.0.2", port);
    await untilMeshed(first, second);
  });

  it("take host and port from SRV records", async () => {
    const first = await startChannel("DNS", { cluster, dnsQuery: "none.test", resolver: server.resolver() });
    const port = first.channel instanceof Mesh ? (first.channel.port ?? 0) : 0;
    server.services.set("_cluster._tcp.nodes.test", [{ name: "node-0.nodes.test", port }]);
    server.addresses.set("node-0.nodes.test", ["127.0.0.1"]);
    const second = await startChannel("DNS", {
      cluster,
      dnsQuery: "_cluster._tcp.nodes.test",
      resolver: server.resolver(),
    });
    await untilMeshed(first, second);
  });

  it("say why they find nobody", async () => {
    const node = await startChannel("DNS", { cluster, dnsQuery: "missing.test", resolver: server.resolver() });
    await until("it says so", () => node.state().lastError?.includes("ENOTFOUND missing.test") === true);
    const other = await startChannel("DNS", { cluster });
    await until("it says so", () => other.state().lastError === "CLUSTER_DNS_QUERY is not set.");
  });
});

describe("a name without records", () => {
  it("is looked up as the operating system does", async () => {
    const resolver = { ...server.resolver(), lookup: async () => ["10.0.0.7", "::1"] };
    expect(await resolveName(resolver, "app", 7800)).toEqual([
      { address: "10.0.0.7", port: 7800 },
      { address: "::1", port: 7800 },
    ]);
  });
});
