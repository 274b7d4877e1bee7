import type { ChannelKind } from "../../../src/cluster/channel.js";
import type { ConnectionOptions } from "../../../src/store/connection-options.js";
import { DnsServer } from "../../cluster-channels/dns-server.js";
import { freePort, startRedis, type TestRedis } from "../../support/redis-server.js";
import { HostNetwork, type NetworkHost } from "./host-network.js";
import { LinkProxy } from "./link-proxy.js";
import { PostgresProxy } from "./postgres-proxy.js";

/** Where one node runs, as far as its channel is concerned. */
export interface NodePlace {
  readonly environment: Readonly<Record<string, string>>;
  /** What starts its program there. */
  readonly command: readonly string[];
  /** The line its messages go through; undefined where it is a network, or there is none. */
  readonly line?: LinkProxy;
  /** Nothing gets through any more, and nobody is told. */
  block(): void;
  heal(): void;
}

/** What a channel needs around the nodes. */
export interface ChannelSurroundings extends AsyncDisposable {
  /** The place of the node with this number, counted from 0. */
  place(number: number): Promise<NodePlace>;
}

const MOST_HOSTS = 8;
/** Killed nodes count as well: their number, and with it their port, is not given out again. */
const MOST_PORTS = 40;
const DNS_NAME = "nodes.causeway.test";
const DNS_PORT = 53;

/** Makes what a channel needs. `hosts`: nodes of a mesh get a host each, on a network that can be cut; takes root. */
export async function channelSurroundings(
  kind: ChannelKind | undefined,
  database: ConnectionOptions,
  hosts: boolean,
): Promise<ChannelSurroundings> {
  switch (kind) {
    case undefined:
    case "NONE":
      return surroundings([], async () => ({ environment: kind === undefined ? {} : { CLUSTER_DISCOVERY: kind } }));
    case "POSTGRES":
      return surroundings([], async (_, own) => {
        const proxy = own(await PostgresProxy.start(database));
        const environment = { CLUSTER_DISCOVERY: kind, DATABASE_DIRECT_URL: proxy.url };
        return { environment, line: proxy.line };
      });
    case "REDIS":
      return redisSurroundings(await startRedis());
    case "MULTICAST":
    case "DNS":
    case "TCP":
      return hosts ? meshOfHosts(kind) : meshOnLoopback(kind);
  }
}

export function redisSurroundings(redis: TestRedis): ChannelSurroundings {
  return surroundings([redis], async (_, own) => {
    const line = own(await new LinkProxy({ host: "127.0.0.1", port: redis.port }).listen());
    const environment = { CLUSTER_DISCOVERY: "REDIS", REDIS_URL: `redis://127.0.0.1:${line.port}` };
    return { environment: { ...environment, REDIS_CACHE_LIMIT_MB: "0" }, line };
  });
}

/** All on this host: every node has another port. */
async function meshOnLoopback(kind: "MULTICAST" | "DNS" | "TCP"): Promise<ChannelSurroundings> {
  const ports = await Promise.all(Array.from({ length: MOST_PORTS }, () => freePort()));
  const shared = { CLUSTER_DISCOVERY: kind, CLUSTER_PORT: String(ports[0]) };
  return surroundings([], async (number) => {
    switch (kind) {
      case "MULTICAST":
        return { environment: shared };
      case "DNS":
        return { environment: { ...shared, CLUSTER_DNS_QUERY: "localhost" } };
      case "TCP": {
        const list = ports.map((port) => `127.0.0.1[${port}]`).join(",");
        return { environment: { ...shared, CLUSTER_PORT: String(ports[number]), CLUSTER_INITIAL_HOSTS: list } };
      }
    }
  });
}

async function meshOfHosts(kind: "MULTICAST" | "DNS" | "TCP"): Promise<ChannelSurroundings> {
  const network = new HostNetwork();
  const everywhere = Array.from({ length: MOST_HOSTS }, (_, number) => network.meshAddress(number));
  const ofKind = {
    MULTICAST: {},
    DNS: { CLUSTER_DNS_QUERY: DNS_NAME },
    TCP: { CLUSTER_INITIAL_HOSTS: everywhere.join(",") },
  };
  return surroundings([network], async (number, own) => {
    const host = network.addHost(number, { asksNameServer: kind === "DNS" });
    if (kind === "DNS") own(await nameServer(host, everywhere));
    const environment = { CLUSTER_DISCOVERY: kind, HOST: host.address, ...ofKind[kind] };
    return { environment, command: host.command, block: () => host.unplug(), heal: () => host.plugIn() };
  });
}

async function nameServer(host: NetworkHost, addresses: readonly string[]): Promise<Disposable> {
  const server = new DnsServer();
  server.addresses.set(DNS_NAME, addresses);
  await server.start(host.testAddress, DNS_PORT);
  return { [Symbol.dispose]: () => server.stop() };
}

type Own = <Thing extends Disposable | AsyncDisposable>(thing: Thing) => Thing;
type Placed = Pick<NodePlace, "environment"> & Partial<NodePlace>;

/** What is given, and what `place` makes and owns, is disposed of at the end, the last first. */
function surroundings(
  given: readonly (Disposable | AsyncDisposable)[],
  place: (number: number, own: Own) => Promise<Placed>,
): ChannelSurroundings {
  const owned = new AsyncStack(given);
  return {
    place: async (number) => {
      const placed = await place(number, (thing) => owned.use(thing));
      const { line } = placed;
      return { command: [], block: () => line?.fallSilent(), heal: () => line?.heal(), ...placed };
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** Things to dispose of together, the last first. */
export class AsyncStack implements AsyncDisposable {
  readonly #things: (Disposable | AsyncDisposable)[];

  constructor(things: readonly (Disposable | AsyncDisposable)[] = []) {
    this.#things = [...things];
  }

  use<Thing extends Disposable | AsyncDisposable>(thing: Thing): Thing {
    this.#things.push(thing);
    return thing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let thing = this.#things.pop(); thing !== undefined; thing = this.#things.pop()) {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
      else thing[Symbol.dispose]();
    }
  }
}
