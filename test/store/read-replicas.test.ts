import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ConnectionOptions } from "../../src/store/connection-options.js";
import { openDatabase } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrations.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import { ReplicaReadingStore } from "../../src/store/read-replicas.js";
import type { NewMapping, NewTemplate, Revision } from "../../src/store/stored.js";
import { createTestDatabase } from "../support/database.js";
import { haveReplication, type StreamingPair, startStreamingPair } from "../support/streaming-replica.js";

const tenant = "ward";
const template: NewTemplate = { templateId: "vital_check", originalTemplateId: "Vital check", content: "0" };
const pulse: NewMapping = { kind: "model", name: "pulse", content: "0" };

interface Reading {
  readonly store: ReplicaReadingStore;
  readonly primary: PostgresConfigurationStore;
  readonly warnings: string[];
  required: () => Promise<Revision>;
}

function readThrough(primaryConnection: ConnectionOptions, ...replicas: ConnectionOptions[]): Reading {
  return readWithPause(undefined, primaryConnection, ...replicas);
}

/** `pauseMilliseconds`: how long a replica that did not answer is left alone. */
function readWithPause(
  pauseMilliseconds: number | undefined,
  primaryConnection: ConnectionOptions,
  ...replicas: ConnectionOptions[]
): Reading {
  const primary = new PostgresConfigurationStore(openDatabase(primaryConnection, 3));
  const warnings: string[] = [];
  const reading: Reading = {
    primary,
    warnings,
    required: () => primary.invalidations.head(),
    store: new ReplicaReadingStore({
      primary,
      replicas,
      poolMaximum: 2,
      required: () => reading.required(),
      warn: (message) => warnings.push(message),
      ...(pauseMilliseconds === undefined ? {} : { pauseMilliseconds }),
    }),
  };
  onTestFinished(() => reading.store.close());
  return reading;
}

/** Two databases with the same epoch: the second is a replica that replays when it is told to. */
async function handFedReplica() {
  const databases = [await createTestDatabase(), await createTestDatabase()] as const;
  onTestFinished(async () => {
    for (const database of databases) await database.drop();
  });
  const replica = new PostgresConfigurationStore(openDatabase(databases[1].connection, 2));
  onTestFinished(() => replica.close());
  return Object.assign(readThrough(databases[0].connection, databases[1].connection), { replica });
}

describe("reads of a store with a replica", () => {
  it("are answered by the replica when it shows what is required", async () => {
    const { store, replica, primary } = await handFedReplica();
    await primary.mappings.create(tenant, pulse);
    await replica.mappings.create(tenant, { ...pulse, content: "of the replica" });
    expect(await store.mappings.list(tenant, ["model"])).toMatchObject([{ content: "of the replica" }]);
    expect((await store.snapshot(tenant, "vital_check")).mappings).toMatchObject([{ content: "of the replica" }]);
    expect(await store.templates.list(tenant)).toEqual([]);
    expect(store.replicas()).toMatchObject([{ answered: 3, behind: 0, failed: 0, skipped: false }]);
  });

  it("are answered by the primary while the replica is behind", async () => {
    const { store, primary } = await handFedReplica();
    const { stored } = await primary.mappings.create(tenant, pulse);
    const other = await primary.templates.create(tenant, template);
    expect(await store.mappings.get(tenant, ["model"], stored.id)).toEqual(stored);
    expect(await store.mappings.list(tenant, ["model"])).toEqual([stored]);
    expect(await store.templates.get(tenant, other.stored.id)).toEqual(other.stored);
    expect(await store.templates.find(tenant, "vital_check")).toEqual(other.stored);
    expect(await store.templates.list(tenant)).toHaveLength(1);
    expect((await store.snapshot(tenant, "vital_check")).revision).toEqual(other.revision);
    expect(store.replicas()).toMatchObject([{ answered: 0, behind: 6, failed: 0 }]);
  });

  it("are answered by the primary when the replica shows another epoch, however far it is", async () => {
    const { store, primary, replica } = await handFedReplica();
    for (let write = 0; write < 3; write++) await replica.mappings.create(tenant, { ...pulse, name: `${write}` });
    await sql`update invalidation_head set epoch = 'restored'`.execute(replica.database.kysely);
    const { stored } = await primary.mappings.create(tenant, pulse);
    expect(await store.mappings.list(tenant, ["model"])).toEqual([stored]);
    expect(store.replicas()).toMatchObject([{ answered: 0, behind: 1 }]);
  });

  it("are answered by the primary when nobody can say what is required", async () => {
    const reading = await handFedReplica();
    reading.required = () => Promise.reject(new Error("cut off"));
    const { stored } = await reading.primary.mappings.create(tenant, pulse);
    expect(await reading.store.mappings.list(tenant, ["model"])).toEqual([stored]);
    expect(reading.store.replicas()).toMatchObject([{ answered: 0, behind: 0, failed: 0 }]);
  });

  it("do not wait for a replica that hangs", async () => {
    const { store, replica, primary, warnings } = await handFedReplica();
    const { stored } = await primary.mappings.create(tenant, pulse);
    await replica.mappings.create(tenant, { ...pulse, content: "of the replica" });
    await replica.database.kysely.transaction().execute(async (transaction) => {
      await sql`lock table mapping in access exclusive mode`.execute(transaction);
      for (let read = 0; read < 3; read++) expect(await store.mappings.list(tenant, ["model"])).toEqual([stored]);
    });
    expect(store.replicas()).toMatchObject([{ answered: 0, failed: 1, skipped: true }]);
    expect(warnings).toHaveLength(1);
  });

  it("go round the replicas, past those that are dead", async () => {
    const dead = { host: "127.0.0.1", port: 1, user: "anna", password: "hunter2", database: "care" };
    const [main, one, two] = [await createTestDatabase(), await createTestDatabase(), await createTestDatabase()];
    onTestFinished(async () => {
      for (const database of [main, one, two]) await database.drop();
    });
    const { store, warnings } = readThrough(main.connection, one.connection, dead, two.connection);
    for (let read = 0; read < 8; read++) expect(await store.templates.list(tenant)).toEqual([]);
    expect(store.replicas()).toMatchObject([
      { failed: 0, skipped: false },
      { answered: 0, failed: 1, skipped: true },
      { failed: 0, skipped: false },
    ]);
    const [first, , last] = store.replicas();
    expect((first?.answered ?? 0) + (last?.answered ?? 0)).toBe(7);
    expect(Math.min(first?.answered ?? 0, last?.answered ?? 0)).toBeGreaterThanOrEqual(2);
    expect(warnings).toEqual([expect.stringContaining("care at 127.0.0.1:1")]);
    expect(warnings.join()).not.toMatch(/anna|hunter2/);
  });

  it("leave writes to the primary", async () => {
    const { store, primary, replica } = await handFedReplica();
    const created = await store.templates.create(tenant, template);
    await store.templates.replace(tenant, created.stored.id, { ...template, content: "1" });
    const mapping = await store.mappings.create(tenant, pulse);
    await store.mappings.delete(tenant, ["model"], mapping.stored.id);
    expect(await primary.templates.list(tenant)).toHaveLength(1);
    await store.purge(tenant);
    expect((await primary.invalidations.head()).position).toBe(5);
    expect((await replica.invalidations.head()).position).toBe(0);
  });
});

describe.skipIf(!haveReplication)("a streaming replica (needs the programs of Postgres on this machine)", () => {
  let pair: StreamingPair;
  beforeAll(async () => {
    pair = await startStreamingPair();
    await using database = openDatabase(pair.primary, 1);
    await migrate(database);
    // A replica that has not replayed the migration refuses reads, and is then left alone for longer than a test takes.
    const replica = new PostgresConfigurationStore(openDatabase(pair.replica, 1));
    await vi.waitFor(() => replica.templates.list(tenant), { timeout: 10_000 });
    await replica.close();
  });
  afterAll(async () => {
    await pair?.[Symbol.asyncDispose]();
  });

  async function onReplica(statement: string): Promise<void> {
    await using database = openDatabase(pair.replica, 1);
    await sql.raw(statement).execute(database.kysely);
  }

  it("never gives an older answer than was acknowledged, whatever its delay", async () => {
    const { store, primary, warnings } = readThrough(pair.primary, pair.replica);
    const { stored } = await primary.templates.create(tenant, template);
    const mapping = (await primary.mappings.create(tenant, pulse)).stored;
    const writes = process.env.CAUSEWAY_TEST_LENGTH === "long" ? 2000 : 200;
    for (let write = 1; write <= writes; write++) {
      if (write % 50 === 10) await onReplica("select pg_wal_replay_pause()");
      if (write % 50 === 40) await onReplica("select pg_wal_replay_resume()");
      const content = String(write);
      await primary.templates.replace(tenant, stored.id, { ...template, content });
      const { revision } = (await primary.mappings.replace(tenant, mapping.id, { ...pulse, content })) ?? {};
      const readLatest = async () => {
        const snapshot = await store.snapshot(tenant, "vital_check");
        expect([snapshot.template?.content, snapshot.mappings[0]?.content]).toEqual([content, content]);
        expect(snapshot.revision).toEqual(revision);
      };
      await readLatest();
      if (write % 50 === 0) await untilReplicaAnswers(store, readLatest);
    }
    expect(warnings).toEqual([]);
    // While the replay was paused, 30 writes of 50 each found the replica behind.
    expect(store.replicas()[0]?.behind).toBeGreaterThanOrEqual((writes / 50) * 30);
    expect(store.replicas()[0]?.answered).toBeGreaterThanOrEqual(writes / 50);
  });

  it("answers what is required also while newer writes wait to be replayed", async () => {
    const reading = readThrough(pair.primary, pair.replica);
    const { store, primary } = reading;
    const known = await primary.invalidations.head();
    await untilReplicaAnswers(store, () => store.templates.list(tenant));
    const before = await store.mappings.list(tenant, ["model"]);
    await onReplica("select pg_wal_replay_pause()");
    await primary.mappings.create(tenant, { ...pulse, name: "newer" });
    reading.required = async () => known;
    expect(await store.mappings.list(tenant, ["model"])).toEqual(before);
    reading.required = () => primary.invalidations.head();
    expect(await store.mappings.list(tenant, ["model"])).toHaveLength(before.length + 1);
    await onReplica("select pg_wal_replay_resume()");
  });

  it("that is killed and started again costs one read a moment and no answer", async () => {
    const { store, primary, warnings } = readWithPause(200, pair.primary, pair.replica);
    const { stored } = await primary.mappings.create(tenant, { ...pulse, name: "steady" });
    const read = async () => expect(await store.mappings.get(tenant, ["model"], stored.id)).toEqual(stored);
    await untilReplicaAnswers(store, read);
    await pair.killReplica();
    for (let time = 0; time < 20; time++) await read();
    expect(store.replicas()).toMatchObject([{ skipped: true }]);
    expect(warnings).toHaveLength(1);
    await pair.startReplica();
    await untilReplicaAnswers(store, read);
  });
});

/** Reads again and again until the replica has answered; every single answer has to be right on the way. */
async function untilReplicaAnswers(store: ReplicaReadingStore, read: () => Promise<unknown>): Promise<void> {
  const before = store.replicas()[0]?.answered;
  while (store.replicas()[0]?.answered === before) await read();
}
