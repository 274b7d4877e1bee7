import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { notificationName, notifyStatement } from "../../src/cluster/channels/postgres-channel.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { closeChannels, epoch, newCluster, newInstanceId, startChannel, until } from "./channel-under-test.js";
import { NotificationProxy } from "./notification-proxy.js";

const cluster = newCluster();
let database: TestDatabase;
let administration: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  administration = new pg.Client(database.connection);
  await administration.connect();
});

afterEach(closeChannels);

afterAll(async () => {
  await administration.end();
  await database.drop();
});

/** Ends the connections of all channels from the side of the server. */
async function terminateChannels(): Promise<number> {
  const ended = await administration.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'causeway channel' and datname = current_database()",
  );
  return ended.rowCount ?? 0;
}

async function countChannels(): Promise<number> {
  const counted = await administration.query<{ count: number }>(
    "select count(*)::int as count from pg_stat_activity where application_name = 'causeway channel' and datname = current_database()",
  );
  return counted.rows[0]?.count ?? -1;
}

describe("the channel over LISTEN and NOTIFY", () => {
  it("carries hints and confirmations, and a node does not hear itself", async () => {
    const first = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    const second = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    await until("both are connected", () => first.state().connected && second.state().connected);
    first.channel.announce({ epoch, position: 17 });
    second.channel.confirm({ epoch, position: 17 });
    await until("both are told", () => second.hints.length > 0 && first.confirmations.length > 0);
    expect(second.hints).toEqual([{ epoch, position: 17 }]);
    expect(first.confirmations).toEqual([{ instanceId: second.instanceId, applied: { epoch, position: 17 } }]);
    expect([...first.hints, ...second.confirmations]).toEqual([]);
    for (const node of [first, second]) {
      expect(node.state()).toMatchObject({ sent: 1, received: 1, refused: 0, reconnects: 0, peers: [] });
    }
  });

  it("says no more than epoch, position and sender", async () => {
    const listener = new pg.Client(database.connection);
    const payloads: string[] = [];
    listener.on("notification", ({ payload }) => payloads.push(payload ?? ""));
    await listener.connect();
    await listener.query(`listen "${notificationName(cluster.name)}"`);
    const node = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    node.channel.announce({ epoch, position: 5 });
    const expected = `hint ${epoch} 5 ${node.instanceId}`;
    await until("it is notified", () => payloads.includes(expected));
    expect(payloads.filter((payload) => payload !== expected)).toEqual([
      expect.stringMatching(/^self-test [0-9a-f]+$/),
    ]);
    await listener.end();
  });

  it("is told by the statement for write transactions when they commit, and not when they roll back", async () => {
    const node = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    const writer = newInstanceId();
    const write = async (position: number, end: "commit" | "rollback"): Promise<void> => {
      const { text, values } = notifyStatement(cluster.name, { epoch, position }, writer);
      await administration.query("begin");
      await administration.query(text, [...values]);
      await administration.query(end);
    };
    await write(1, "rollback");
    await write(2, "commit");
    await until("it is told", () => node.hints.length > 0);
    expect(node.hints).toEqual([{ epoch, position: 2 }]);
  });

  it("does not hear another cluster in the same database", async () => {
    const node = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    const other = await startChannel("POSTGRES", { directConnection: database.connection });
    const same = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    other.channel.announce({ epoch, position: 1 });
    await until("it was sent", () => other.state().sent === 1);
    same.channel.announce({ epoch, position: 2 });
    await until("it is told", () => node.hints.length > 0);
    expect(node.hints).toEqual([{ epoch, position: 2 }]);
  });

  it("ignores and counts what is no message", async () => {
    const node = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    const garbage = ["", "hint", `hint ${epoch} -1 ${newInstanceId()}`, `hint ${epoch} 1 me`, "x".repeat(7_999)];
    for (const payload of garbage) {
      await administration.query("select pg_notify($1, $2)", [notificationName(cluster.name), payload]);
    }
    await until("all are counted", () => node.state().refused === garbage.length);
    expect(node.hints).toEqual([]);
    expect(node.state().connected).toBe(true);
  });

  it("connects again when the server ends the connection, and asks for what it missed", async () => {
    const first = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    const second = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    await until("both are connected", () => first.state().connected && second.state().connected);
    expect([first.missed(), second.missed()]).toEqual([1, 1]);
    expect(await terminateChannels()).toBe(2);
    await until("both are back", () =>
      [first, second].every((node) => node.state().reconnects === 1 && node.state().connected),
    );
    expect([first.missed(), second.missed()]).toEqual([2, 2]);
    first.channel.announce({ epoch, position: 3 });
    await until("the hint arrives", () => second.hints.length > 0);
    expect(first.state().lastError).toContain("terminat");
  });

  it("tells the furthest position when it is back, of all that it was to tell meanwhile", async () => {
    const proxy = await NotificationProxy.start(database.connection, false);
    const directConnection = { ...database.connection, host: "127.0.0.1", port: proxy.port };
    const writer = await startChannel("POSTGRES", { cluster, directConnection });
    const reader = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    await until("both are connected", () => writer.state().connected && reader.state().connected);
    proxy.cut(true);
    await until("it has noticed", () => !writer.state().connected);
    for (const position of [4, 6, 5]) writer.channel.announce({ epoch, position });
    proxy.cut(false);
    await until("the reader is told", () => reader.hints.length > 0);
    expect(reader.hints).toEqual([{ epoch, position: 6 }]);
    await until("the writer counts what it told", () => writer.state().sent === 1);
    await writer.channel.close();
    await proxy.stop();
  });

  it("finds by its own notification that a pooler swallows them, says so, and still tells the others", async () => {
    const proxy = await NotificationProxy.start(database.connection, true);
    const directConnection = { ...database.connection, host: "127.0.0.1", port: proxy.port };
    const pooled = await startChannel("POSTGRES", { cluster, directConnection });
    const direct = await startChannel("POSTGRES", { cluster, directConnection: database.connection });
    await until("it says so", () => pooled.says("DATABASE_DIRECT_URL"));
    expect(pooled.state()).toMatchObject({ connected: false, reconnects: 0 });
    expect(pooled.state().lastError).toContain("pooler");
    pooled.channel.announce({ epoch, position: 7 });
    await until("the other is told", () => direct.hints.length > 0);
    expect(pooled.hints).toEqual([]);
    await pooled.channel.close();
    await proxy.stop();
  });

  it("leaves a server that has fallen silent", async () => {
    const proxy = await NotificationProxy.start(database.connection, false);
    const node = await startChannel("POSTGRES", {
      cluster,
      directConnection: { ...database.connection, host: "127.0.0.1", port: proxy.port },
      timing: { heartbeatAnswer: 100 },
    });
    await until("it is connected", () => node.state().connected);
    proxy.fallSilent(true);
    await until("it has noticed", () => !node.state().connected);
    proxy.fallSilent(false);
    await until("it is back", () => node.state().connected);
    expect(proxy.connections).toBeGreaterThan(1);
    await node.channel.close();
    await proxy.stop();
  });

  it("starts without a database, says why it is not connected, and leaves nothing behind", async () => {
    const node = await startChannel("POSTGRES", {
      cluster,
      directConnection: { host: "127.0.0.1", port: 1, user: "nobody", database: "none" },
    });
    expect(node.state()).toMatchObject({ connected: false, sent: 0 });
    expect(node.state().lastError).toContain("ECONNREFUSED");
    await closeChannels();
    await until("no connection is left", async () => (await countChannels()) === 0);
  });
});
