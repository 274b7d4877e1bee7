import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import type { ClusterIdentity } from "../../src/cluster/channel.js";
import { connectMesh } from "../../src/cluster/channels/mesh-tls.js";
import { readClusterIdentity } from "../../src/store/cluster-identity.js";
import { openDatabase } from "../../src/store/database.js";
import { createTestDatabase } from "../support/database.js";
import { AsyncStack } from "./harness/channel-surroundings.js";
import { HostNetwork, namespacesWork } from "./harness/host-network.js";
import { PostgresProxy } from "./harness/postgres-proxy.js";
import { ServerNode } from "./harness/server-node.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

const NODES = 3;
const CLUSTER_PORT = 7800;

if (!namespacesWork) console.warn("Zero configuration is not tested, because that takes root and network namespaces.");
describe.skipIf(!namespacesWork)(
  "three processes with one DATABASE_URL and nothing else, each on a host of its own",
  () => {
    it("are a working, encrypted cluster from their first start on an empty database", async () => {
      await using owned = new AsyncStack();
      const database = owned.use(await createTestDatabase({ empty: true }));
      const network = owned.use(new HostNetwork());
      // A Unix socket is reached from every host.
      const proxy = owned.use(await PostgresProxy.start(database.connection));
      const hosts = Array.from({ length: NODES }, (_, number) => network.addHost(number));
      const nodes = hosts.map(({ address, command }) => {
        // HOST only because the test asks from outside, where a node that is in no container does not listen.
        const node = new ServerNode({ DATABASE_URL: proxy.url, HOST: address, PORT: "8080" }, command);
        owned.use({ [Symbol.asyncDispose]: () => node.kill() });
        return node;
      });
      await Promise.all(nodes.map((node) => node.ready()));
      await until("each is connected with each", async () => {
        const states = await Promise.all(nodes.map((node) => node.cluster()));
        return states.every(({ channel, members }) => channel.peers.length === NODES - 1 && members.length === NODES);
      });

      const [a] = nodes as [ServerNode];
      const set = await StoredSet.create(a, "zero");
      await set.writeModel(a, 2);
      for (const node of nodes) expect((await set.map(node)).model).toBe(2);
      for (const node of nodes.slice(1)) expect((await node.cluster()).channel.received).toBeGreaterThan(0);

      await using opened = openDatabase(database.connection, 1);
      const identity = await readClusterIdentity(opened);
      expect(identity.secret).toHaveLength(32);
      for (const { address } of hosts) {
        expect(await cipherOf(address, identity)).toMatch(/^ECDHE-PSK-/);
        expect(await cipherOf(address, { ...identity, secret: Buffer.alloc(32) })).toBe("refused");
      }
    });
  },
);

/** The cipher by which the mesh of a host talks to somebody who has this name and secret. */
async function cipherOf(address: string, identity: ClusterIdentity): Promise<string> {
  const socket = connectMesh(identity, address, CLUSTER_PORT);
  try {
    await once(socket, "secureConnect");
    return socket.getCipher().name;
  } catch {
    return "refused";
  } finally {
    socket.on("error", () => {});
    socket.destroy();
  }
}
