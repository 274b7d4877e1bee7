import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterIdentity } from "../../src/cluster/channel.js";
import { encodeFrame } from "../../src/cluster/channels/frames.js";
import { Mesh } from "../../src/cluster/channels/mesh.js";
import { connectMesh } from "../../src/cluster/channels/mesh-tls.js";
import {
  type ChannelUnderTest,
  closeChannels,
  epoch,
  newCluster,
  newInstanceId,
  startChannel,
  until,
  untilMeshed,
} from "./channel-under-test.js";

let cluster: ClusterIdentity;
let node: ChannelUnderTest;
let mesh: Mesh;
const sockets: Socket[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  cluster = newCluster();
  node = await startChannel("TCP", { cluster, initialHosts: "127.0.0.1[1]" });
  if (!(node.channel instanceof Mesh)) throw new Error("not a mesh");
  mesh = node.channel;
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  await closeChannels();
});

function open(port = mesh.port ?? 0): Socket {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => {});
  socket.resume();
  return socket;
}

/** A connection of somebody who has the secret. */
async function openAuthentic(): Promise<Socket> {
  const socket = connectMesh(cluster, "127.0.0.1", mesh.port ?? 0);
  sockets.push(socket);
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "secureConnect");
  return socket;
}

/** Waits until a connection has ended, with an error or without. */
function closed(socket: Socket): Promise<void> {
  return new Promise((done) => socket.once("close", () => done()));
}

function hello(instanceId = newInstanceId()): string {
  return JSON.stringify({ kind: "hello", instanceId, version: "1.2.3", commit: "", cluster: cluster.name, port: 0 });
}

/** A plain proxy before the node that keeps what each side sent. */
async function startProxy(): Promise<{
  readonly port: number;
  readonly fromClient: Buffer[];
  readonly pairs: { readonly client: Socket; readonly upstream: Socket }[];
}> {
  const fromClient: Buffer[] = [];
  const pairs: { client: Socket; upstream: Socket }[] = [];
  const server = createServer((client) => {
    const upstream = connect(mesh.port ?? 0, "127.0.0.1");
    pairs.push({ client, upstream });
    sockets.push(client, upstream);
    client.on("data", (chunk) => {
      fromClient.push(chunk);
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => client.write(chunk));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return { port: address.port, fromClient, pairs };
}

describe("a node that does not belong to the cluster", () => {
  it("with another secret is refused, hears nothing, and both sides log it", async () => {
    const stranger = await startChannel("TCP", {
      cluster: newCluster(cluster.name),
      initialHosts: `127.0.0.1[${mesh.port}]`,
    });
    await until("both log it", () => node.says("another cluster secret") && stranger.says("another cluster secret"));
    node.channel.announce({ epoch, position: 1 });
    stranger.channel.announce({ epoch, position: 2 });
    await until("it was refused several times", () => node.state().refused > 2 && stranger.state().refused > 2);
    expect([...node.hints, ...stranger.hints]).toEqual([]);
    expect([...node.state().peers, ...stranger.state().peers]).toEqual([]);
    expect(node.log.filter(({ message }) => message.includes("another cluster secret"))).toHaveLength(1);
    expect(stranger.log.filter(({ message }) => message.includes("another cluster secret"))).toHaveLength(1);
  });

  it("with the same secret and another cluster name is refused, and both sides log it", async () => {
    const stranger = await startChannel("TCP", {
      cluster: { name: "somebody else's", secret: cluster.secret },
      initialHosts: `127.0.0.1[${mesh.port}]`,
    });
    await until("both log it", () => node.says("another cluster tried") && stranger.says("belongs to another cluster"));
    expect(node.log.find(({ message }) => message.includes("another cluster tried"))?.fields).toMatchObject({
      cluster: "somebody else's",
    });
    expect(node.state().refused).toBeGreaterThan(0);
    expect(stranger.state().refused).toBeGreaterThan(0);
    expect([...node.state().peers, ...stranger.state().peers]).toEqual([]);
  });

  it("that offers only suites without an ephemeral key exchange is refused", async () => {
    const { connect: connectTls } = await import("node:tls");
    const { clusterKey } = await import("../../src/cluster/channels/cluster-keys.js");
    const psk = clusterKey(cluster, "mesh connection");
    const socket = connectTls({
      host: "127.0.0.1",
      port: mesh.port ?? 0,
      ciphers: "PSK-AES256-GCM-SHA384:PSK-AES128-CBC-SHA",
      maxVersion: "TLSv1.2",
      pskCallback: () => ({ psk, identity: cluster.name }),
      checkServerIdentity: () => undefined,
    });
    const [error] = await once(socket, "error");
    expect(String(error)).toContain("handshake failure");
  });
});

describe("what comes to the cluster port and is no message", () => {
  it.each([
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: node\r\n\r\n")],
    ["zeros", Buffer.alloc(5_000)],
    ["a megabyte of noise", Buffer.alloc(1_000_000, 0xa5)],
  ])("closes the connection: %s", async (_what, bytes) => {
    const socket = open();
    socket.write(bytes);
    await closed(socket);
    await until("it is counted", () => node.state().refused === 1);
    expect(node.says("does not speak the protocol")).toBe(true);
    await until("it is forgotten", () => mesh.strangers === 0);
  });

  it.each([
    ["a frame that is too long", Buffer.from([0, 0, 16, 1, 65, 65])],
    ["the longest length there is", Buffer.from([255, 255, 255, 255])],
    ["a frame that is not JSON", encodeFrame("hello")],
    ["a message before the hello", encodeFrame(JSON.stringify({ kind: "hint", number: 1, epoch, position: 1 }))],
    ["a hello without an instance id", encodeFrame(JSON.stringify({ kind: "hello", __proto__: { instanceId: "x" } }))],
  ])("closes the connection also when it has the secret: %s", async (_what, bytes) => {
    const socket = await openAuthentic();
    socket.write(bytes);
    await closed(socket);
    await until("it is counted", () => node.state().refused === 1);
    expect(node.state().peers).toEqual([]);
    expect(node.hints).toEqual([]);
  });

  it.each([
    ["an unknown kind", { kind: "evict", tenant: "default" }],
    ["a position that is no whole number", { kind: "hint", number: 1, epoch, position: 1.5 }],
    ["a position beyond what numbers can hold", { kind: "hint", number: 1, epoch, position: 2 ** 60 }],
    ["an epoch that is an object", { kind: "hint", number: 1, epoch: { length: 3 }, position: 1 }],
    [
      "a peer whose address is a name",
      { kind: "peers", peers: [{ instanceId: newInstanceId(), address: "evil", port: 1 }] },
    ],
  ])("closes the connection of a node that sends %s", async (_what, message) => {
    const socket = await openAuthentic();
    socket.write(encodeFrame(hello()));
    await until("it is connected", () => node.state().peers.length === 1);
    socket.write(encodeFrame(JSON.stringify(message)));
    await closed(socket);
    await until("it is gone", () => node.state().peers.length === 0);
    expect(node.state().refused).toBe(1);
    expect(node.hints).toEqual([]);
  });

  it("is refused when it is the recording of a real connection", async () => {
    const proxy = await startProxy();
    const peer = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${proxy.port}]` });
    await untilMeshed(node, peer);
    peer.channel.announce({ epoch, position: 5 });
    await until("it was told", () => node.hints.length === 1);
    await peer.channel.close();
    await until("it is gone", () => node.state().peers.length === 0);
    const before = node.state().refused;

    const replay = open();
    for (const chunk of proxy.fromClient) replay.write(chunk);
    await closed(replay);
    await until("it is refused", () => node.state().refused > before);
    expect(node.hints).toHaveLength(1);
    expect(node.state().peers).toEqual([]);
  });
});

describe("connections that say nothing", () => {
  it("are bounded, and a node still gets through", async () => {
    for (let count = 0; count < 300; count++) open();
    await until("the bound is reached", () => mesh.strangers === 64);
    const peer = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${mesh.port}]` });
    await untilMeshed(node, peer);
    expect(mesh.strangers).toBeLessThanOrEqual(64);
    expect(node.says("Too many connections")).toBe(true);
  });

  it("are closed when the time for the handshake is over", async () => {
    const socket = open();
    await until("it is let in", () => mesh.strangers === 1);
    await closed(socket);
    await until("it is forgotten", () => mesh.strangers === 0);
  });

  it("are closed when they send one byte after the other", async () => {
    const socket = open();
    const drip = setInterval(() => socket.write(Buffer.from([22])), 20);
    await closed(socket);
    clearInterval(drip);
    await until("it is forgotten", () => mesh.strangers === 0);
  });

  it("are closed when the handshake is done and no hello follows", async () => {
    const socket = await openAuthentic();
    await closed(socket);
    expect(node.state().peers).toEqual([]);
    await until("it is forgotten", () => mesh.strangers === 0);
  });
});

describe("a connection that is open on one side only", () => {
  it("ends when no probe is answered, and a new one is made", async () => {
    const proxy = await startProxy();
    const peer = await startChannel("TCP", { cluster, initialHosts: `127.0.0.1[${proxy.port}]` });
    await untilMeshed(node, peer);
    // From now on the proxy swallows what this connection carries, and neither side hears an end.
    for (const { client, upstream } of proxy.pairs.splice(0)) {
      client.removeAllListeners("data").resume();
      upstream.removeAllListeners("data").resume();
    }
    await until("both have connected again", () => node.state().reconnects === 1 && peer.state().reconnects === 1);
    await untilMeshed(node, peer);
    node.channel.announce({ epoch, position: 8 });
    await until("the hint arrives", () => peer.hints.length === 1);
    // Whoever notices first tears down both ends.
    expect(JSON.stringify([node.log, peer.log])).toContain('"reason":"silent"');
  });

  it("does not keep its node from connecting anew", async () => {
    const instanceId = newInstanceId();
    const halfOpen = await openAuthentic();
    halfOpen.write(encodeFrame(hello(instanceId)));
    await until("it is connected", () => node.state().peers.length === 1);
    halfOpen.pause();
    const anew = await openAuthentic();
    const heard: string[] = [];
    anew.on("data", (chunk: Buffer) => {
      heard.push(chunk.toString("latin1"));
      if (chunk.includes('"ping"')) anew.write(encodeFrame('{"kind":"pong"}'));
    });
    anew.write(encodeFrame(hello(instanceId)));
    await until("the new one is used", () => {
      node.channel.announce({ epoch, position: 4 });
      return heard.join("").includes('"position":4');
    });
    expect(node.state().peers).toEqual([instanceId]);
  });

  it("of a peer that does not read is ended before much waits for it", async () => {
    const deaf = await openAuthentic();
    deaf.write(encodeFrame(hello()));
    await until("it is connected", () => node.state().peers.length === 1);
    deaf.pause();
    let told = 0;
    await until("it is given up", () => {
      for (let count = 0; count < 5_000 && node.state().peers.length > 0; count++) {
        node.channel.announce({ epoch, position: ++told });
      }
      return node.state().peers.length === 0;
    });
    expect(node.state().connected).toBe(false);
  });
});
