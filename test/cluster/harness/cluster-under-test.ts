import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { ChannelKind } from "../../../src/cluster/channel.js";
import type { ConnectionOptions } from "../../../src/store/connection-options.js";

import { createTestDatabase, databaseUrl } from "../../support/database.js";
import { AsyncStack, type ChannelSurroundings, channelSurroundings, type NodePlace } from "./channel-surroundings.js";
import { PostgresProxy } from "./postgres-proxy.js";
import { ServerNode } from "./server-node.js";
import { until } from "./until.js";

export interface ClusterOptions {
  /** CLUSTER_DISCOVERY; undefined: not set. */
  readonly channel?: ChannelKind;
  /** Default 3. */
  readonly nodes?: number;
  /** Further variables of every node; they win. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether each node reaches Postgres through a proxy of its own. */
  readonly proxied?: boolean;
  /** Whether nodes of a mesh get a host each, so that their channel can be blocked. */
  readonly hosts?: boolean;
  /** Default: a database of its own, dropped at the end. */
  readonly database?: ConnectionOptions;
  /** Default: what the channel needs, for itself. */
  readonly surroundings?: ChannelSurroundings;
}

/** A node and what surrounds it. */
interface Placed {
  readonly node: ServerNode;
  readonly place: NodePlace;
  readonly proxy: PostgresProxy | undefined;
}

/** Real server processes on one database. */
export class ClusterUnderTest implements AsyncDisposable {
  readonly database: ConnectionOptions;
  readonly #options: ClusterOptions;
  readonly #surroundings: ChannelSurroundings;
  readonly #owned: AsyncStack;
  readonly #placed: Placed[] = [];
  readonly #emptyFolder: string;
  #count = 0;

  constructor(
    options: ClusterOptions,
    database: ConnectionOptions,
    surroundings: ChannelSurroundings,
    owned: AsyncStack,
  ) {
    this.#options = options;
    this.database = database;
    this.#surroundings = surroundings;
    this.#owned = owned;
    this.#emptyFolder = mkdtempSync(join(tmpdir(), "causeway-empty-"));
  }

  /** In the order in which they were started, ended ones included. */
  get nodes(): readonly ServerNode[] {
    return this.#placed.map(({ node }) => node);
  }

  /** The node with this number, counted from 0. */
  node(number: number): ServerNode {
    const node = this.nodes[number];
    if (node === undefined) throw new Error(`there is no node ${number}`);
    return node;
  }

  /** Any of the nodes, but not `other`. */
  anyNode(other?: ServerNode): ServerNode {
    const candidates = this.nodes.filter((node) => node !== other && node.isRunning);
    const chosen = candidates[Math.floor(Math.random() * candidates.length)];
    if (chosen === undefined) throw new Error("no other node runs");
    return chosen;
  }

  /** Starts one more node; resolves when it is ready. */
  async startNode(environment: Readonly<Record<string, string>> = {}): Promise<ServerNode> {
    return (await this.launch(environment)).ready();
  }

  /** Starts one more process, and does not wait for it. */
  async launch(environment: Readonly<Record<string, string>> = {}): Promise<ServerNode> {
    const place = await this.#surroundings.place(this.#count++);
    const outside = place.command.length > 0 && !this.database.host.startsWith("/");
    const proxied = this.#options.proxied === true || outside;
    const proxy = proxied ? this.#owned.use(await PostgresProxy.start(this.database)) : undefined;
    const node = new ServerNode(
      {
        LOG_LEVEL: "info",
        DATABASE_URL: proxy?.url ?? databaseUrl(this.database),
        BOOTSTRAP_DIRS: this.#emptyFolder,
        ...place.environment,
        ...this.#options.environment,
        ...environment,
      },
      place.command,
    );
    this.#placed.push({ node, place, proxy });
    return node;
  }

  /** What stands between this node and Postgres. */
  proxyOf(node: ServerNode): PostgresProxy {
    const { proxy } = this.#find(node);
    if (proxy === undefined) throw new Error("the cluster was not started with `proxied`");
    return proxy;
  }

  /** The surroundings of this node's channel. */
  placeOf(node: ServerNode): NodePlace {
    return this.#find(node).place;
  }

  /** Waits until messages can reach every node. */
  async untilConnected(): Promise<void> {
    const alive = this.nodes.filter((node) => node.isRunning);
    await until("every node is connected", async () => {
      const states = await Promise.all(alive.map((node) => node.cluster()));
      return states.every(({ channel }) => {
        switch (channel.kind) {
          case "NONE":
            return true;
          case "POSTGRES":
          case "REDIS":
            return channel.connected;
          case "MULTICAST":
          case "DNS":
          case "TCP":
            return channel.peers.length === alive.length - 1;
          default:
            return channel.kind satisfies never;
        }
      });
    });
  }

  /** Runs statements on the database, past every node. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const client = new pg.Client({ ...this.database, ssl: false });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  #find(node: ServerNode): Placed {
    const placed = this.#placed.find((one) => one.node === node);
    if (placed === undefined) throw new Error("this node is none of the cluster");
    return placed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.filter((node) => node.isRunning).map((node) => node.kill()));
    await this.#owned[Symbol.asyncDispose]();
    rmSync(this.#emptyFolder, { recursive: true, force: true });
  }
}

/** Starts a cluster and waits until all nodes are ready and their channel is. Nothing is left behind when that fails. */
export async function startCluster(options: ClusterOptions = {}): Promise<ClusterUnderTest> {
  const owned = new AsyncStack();
  let database = options.database;
  if (database === undefined) {
    const created = owned.use(await createTestDatabase());
    database = created.connection;
    await becomeClusterOfItsOwn(database);
  }
  const { surroundings = owned.use(await channelSurroundings(options.channel, database, options.hosts === true)) } =
    options;
  const cluster = new ClusterUnderTest(options, database, surroundings, owned);
  try {
    await Promise.all(Array.from({ length: options.nodes ?? 3 }, () => cluster.startNode()));
    await cluster.untilConnected();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

/** Test databases are copies of one template, name, secret and epoch included: copies of a cluster would meet. */
export async function becomeClusterOfItsOwn(database: ConnectionOptions): Promise<void> {
  const client = new pg.Client({ ...database, ssl: false });
  await client.connect();
  try {
    await client.query(`
      update cluster_identity set cluster_id = replace(gen_random_uuid()::text, '-', ''),
        secret = sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
      update invalidation_head set epoch = gen_random_uuid()::text`);
  } finally {
    await client.end();
  }
}
