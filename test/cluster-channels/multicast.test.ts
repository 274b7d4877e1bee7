import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AnnouncementCodec } from "../../src/cluster/channels/announcement.js";
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

const GROUP = "239.255.78.77";

/** Whether a datagram to the group comes back to this machine, which a sandbox may not allow. */
async function multicastWorks(): Promise<boolean> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    socket.bind(0);
    await once(socket, "listening");
    for (const address of Object.values(networkInterfaces()).flatMap((each) => each ?? [])) {
      if (address.family === "IPv4") socket.addMembership(GROUP, address.address);
    }
    const heard = once(socket, "message", { signal: AbortSignal.timeout(2_000) });
    socket.send("heard?", socket.address().port, GROUP);
    await heard;
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

const works = await multicastWorks();
let multicastPort: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  multicastPort = await freePort();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await closeChannels();
});

function start(settings: Parameters<typeof startChannel>[1]): Promise<ChannelUnderTest> {
  // Announcements name the address of each interface, so these nodes listen on all of them.
  return startChannel("MULTICAST", { multicastAddress: GROUP, multicastPort, bindAddress: "0.0.0.0", ...settings });
}

function connectionsOf(node: ChannelUnderTest): number {
  return node.channel instanceof Mesh ? node.channel.connections : -1;
}

/** Says things to the group from 127.0.0.1. */
async function openSpeaker(): Promise<(datagram: Buffer) => void> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.setMulticastInterface("127.0.0.1");
  return (datagram) => socket.send(datagram, multicastPort, GROUP);
}

describe.skipIf(!works)("nodes that find each other by multicast (needs a multicast route)", () => {
  it("are connected without any setting, each with each", async () => {
    const cluster = newCluster();
    const nodes = await Promise.all([1, 2, 3].map(() => start({ cluster })));
    await untilMeshed(...nodes);
    nodes[0]?.channel.announce({ epoch, position: 1 });
    await until("both are told", () => nodes[1]?.hints.length === 1 && nodes[2]?.hints.length === 1);
  });

  it("announce the port they really have", async () => {
    const cluster = newCluster();
    const port = await freePort();
    const nodes = [await start({ cluster, port }), await start({ cluster, port }), await start({ cluster, port })];
    await untilMeshed(...nodes);
    const ports = nodes.map((node) => (node.channel instanceof Mesh ? node.channel.port : 0));
    expect(new Set(ports).size).toBe(3);
  });

  it("of two clusters never meet, and both say that the other is there", async () => {
    const first = await start({ cluster: newCluster("hospital") });
    const second = await start({ cluster: newCluster("clinic") });
    await until("both say so", () => first.says("another cluster") && second.says("another cluster"));
    expect([connectionsOf(first), connectionsOf(second)]).toEqual([0, 0]);
    expect(first.log.find(({ message }) => message.includes("another cluster"))?.fields).toMatchObject({
      cluster: "clinic",
    });
  });

  it("with the same name and another secret open no connection, and both say so", async () => {
    const first = await start({ cluster: newCluster("hospital") });
    const second = await start({ cluster: newCluster("hospital") });
    await until("both say so", () => first.says("another secret") && second.says("another secret"));
    await until("it is counted", () => first.state().refused > 2 && second.state().refused > 2);
    expect([connectionsOf(first), connectionsOf(second)]).toEqual([0, 0]);
    expect([first.says("tried to connect"), second.says("tried to connect")]).toEqual([false, false]);
  });

  it("open no connection for what was recorded, forged, old or is garbage", async () => {
    const cluster = newCluster();
    const node = await start({ cluster });
    if (!(node.channel instanceof Mesh)) throw new Error("not a mesh");
    const mesh = node.channel;
    let dialed = 0;
    const trap = createServer((connection) => {
      dialed++;
      connection.destroy();
    });
    trap.listen(0, "127.0.0.1");
    await once(trap, "listening");
    const address = trap.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const say = await openSpeaker();

    const claim = { instanceId: newInstanceId(), address: "127.0.0.1", port };
    const real = new AnnouncementCodec(cluster, 30_000).write(claim);
    say(real);
    await until("what is real is believed", () => dialed > 0);
    await until("it is forgotten, because nobody announces it again", () => mesh.knownAddresses === 0);

    const dialedBefore = dialed;
    say(real);
    say(new AnnouncementCodec(newCluster(cluster.name), 30_000).write(claim));
    say(new AnnouncementCodec(cluster, 30_000, () => Date.now() - 31_000).write(claim));
    say(new AnnouncementCodec(cluster, 30_000).write({ ...claim, address: "127.0.0.2" }));
    say(Buffer.from("garbage"));
    say(Buffer.alloc(60_000, 1));
    say(new AnnouncementCodec(newCluster("the last"), 30_000).write(claim));
    await until("all were heard", () => node.says("another cluster"));
    expect(node.says("another secret")).toBe(true);
    expect(node.says("for its time")).toBe(true);
    expect(node.says("no announcement")).toBe(true);
    expect(mesh.knownAddresses).toBe(0);
    expect(dialed).toBe(dialedBefore);
    trap.close();
  });
});

describe("a node where multicast is not possible", () => {
  it("starts, says so in its state, and closes", async () => {
    const node = await start({ multicastAddress: "10.0.0.1" });
    await until("it says why", () => node.state().lastError?.startsWith("Multicast cannot join 10.0.0.1") === true);
    expect(node.state().connected).toBe(false);
    await until("it names the other modes", () => node.says("No other node was found"));
  });

  it("starts also when it has no port to announce itself on", async () => {
    const node = await start({ multicastPort: 0 });
    await until("it says why", () => node.state().lastError?.startsWith("Multicast does not work") === true);
  });
});
