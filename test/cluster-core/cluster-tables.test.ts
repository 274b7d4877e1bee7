import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterIdentity } from "../../src/cluster/identity.js";
import { Problem } from "../../src/errors/problem.js";
import { readClusterIdentity } from "../../src/store/cluster-identity.js";
import { type Database, openDatabase } from "../../src/store/database.js";
import { writeFenced } from "../../src/store/fenced-transaction.js";
import { pruneLog } from "../../src/store/invalidation-log.js";
import { checkFence, fenceGuard, LeaseRepository } from "../../src/store/lease-repository.js";
import { runLogRound } from "../../src/store/log-round.js";
import { type MemberReport, MemberRepository, removeSilentMembers } from "../../src/store/member-repository.js";
import { migrate } from "../../src/store/migrations.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import type { Revision } from "../../src/store/stored.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { gate } from "./simulated-clock.js";

let testDatabase: TestDatabase;
let administrator: Database;
let database: Database;
let store: PostgresConfigurationStore;
const owner = `causeway_owner_${process.pid}`;

// The database belongs to an ordinary user, because a superuser would pass through every policy.
beforeEach(async () => {
  testDatabase = await createTestDatabase({ empty: true });
  administrator = openDatabase(testDatabase.connection, 1);
  await sql.raw(`create role ${owner} login password 'owner' nosuperuser createrole`).execute(administrator.kysely);
  await sql.raw(`alter database "${testDatabase.connection.database}" owner to ${owner}`).execute(administrator.kysely);
  await sql
    .raw(
      `do $$ begin create role causeway_tenant nologin; exception when duplicate_object or unique_violation then null; end $$`,
    )
    .execute(administrator.kysely);
  await sql.raw(`grant causeway_tenant to ${owner}`).execute(administrator.kysely);
  database = openDatabase({ ...testDatabase.connection, user: owner, password: "owner" }, 5);
  await migrate(database);
  store = new PostgresConfigurationStore(database);
});

afterEach(async () => {
  await database.close();
  await sql.raw(`reassign owned by ${owner} to current_user`).execute(administrator.kysely);
  await sql.raw(`drop owned by ${owner}`).execute(administrator.kysely);
  await sql.raw(`drop role ${owner}`).execute(administrator.kysely);
  await administrator.close();
  await testDatabase.drop();
});

const never = new AbortController().signal;
const report = (applied?: Revision): MemberReport => ({
  instanceId: randomBytes(16).toString("hex"),
  version: "0.1.0",
  commit: "abc",
  maxStalenessMilliseconds: 1000,
  applied,
});
const write = async (name: string, tenant = "default"): Promise<Revision> =>
  (await store.mappings.create(tenant, { kind: "model", name, content: "x" })).revision;

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no failure",
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
}

describe("the identity of a cluster", () => {
  it("is random, made by the migration, and the same for all who share the database", async () => {
    const first = await readClusterIdentity(database);
    expect(first.secret).toHaveLength(32);
    expect(await readClusterIdentity(database)).toEqual(first);
    await using other = await createTestDatabase({ empty: true });
    await using otherDatabase = openDatabase(other.connection, 1);
    await migrate(otherDatabase);
    const second = await readClusterIdentity(otherDatabase);
    expect(second.name).not.toBe(first.name);
    expect(second.secret).not.toEqual(first.secret);
  });

  it("cannot be read by the role under which tenants' rows are", async () => {
    const asTenant = database.kysely.transaction().execute(async (transaction) => {
      await sql`set local role causeway_tenant`.execute(transaction);
      await sql`select secret from cluster_identity`.execute(transaction);
    });
    await expect(asTenant).rejects.toThrow("permission denied");
  });

  it("is what the operator says, where the operator says something", async () => {
    const stored = await readClusterIdentity(database);
    expect(await clusterIdentity(stored, {})).toEqual(stored);
    const named = await clusterIdentity(stored, { name: "ward", secret: "sixteen letters." });
    expect(named.name).toBe("ward");
    expect(named.secret).toHaveLength(32);
    expect(await clusterIdentity(stored, { name: "ward", secret: "sixteen letters." })).toEqual(named);
    const other = await clusterIdentity(stored, { name: "other", secret: "sixteen letters." });
    expect(other.secret).not.toEqual(named.secret);
  });
});

describe("a round", () => {
  it("reads what all tenants wrote after what was applied, and reports it in the same breath", async () => {
    const applied = await write("pulse");
    await write("pressure");
    await write("weight", "other");
    const mine = report(applied);
    const round = await runLogRound(database, mine, never);
    expect(round.head).toEqual({ epoch: applied.epoch, position: 3 });
    expect(round.oldest).toBe(1);
    expect(round.entries).toEqual([
      { position: 2, tenant: "default", kind: "model", key: "pressure" },
      { position: 3, tenant: "other", kind: "model", key: "weight" },
    ]);
    expect(round.members).toMatchObject([mine]);
  });

  it("of a node that has applied nothing reads the head only", async () => {
    await write("pulse");
    const round = await runLogRound(database, report(), never);
    expect(round).toMatchObject({ head: { position: 1 }, entries: [], members: [{ applied: undefined }] });
  });

  it("stores versions as they are, whatever they hold", async () => {
    const odd = { ...report(), version: "1'; drop table cluster_member; --", commit: "\\' or 1=1" };
    const { members } = await runLogRound(database, odd, never);
    expect(members[0]?.version).toBe(odd.version);
  });

  it("that hangs is given up with its connection, and the next one works", async () => {
    await using narrow = openDatabase(database.connection, 1);
    const mine = report();
    await runLogRound(narrow, mine, never);
    const holding = gate();
    const held = gate();
    const lock = database.kysely.transaction().execute(async (transaction) => {
      await sql`select from cluster_member for update`.execute(transaction);
      held.open();
      await holding.passed;
    });
    await held.passed;
    const giveUp = new AbortController();
    const hanging = codeOf(runLogRound(narrow, mine, giveUp.signal));
    giveUp.abort();
    expect(await hanging).toBe("STORE_UNAVAILABLE");
    holding.open();
    await lock;
    expect((await runLogRound(narrow, mine, never)).members).toHaveLength(1);
  });
});

describe("a lease", () => {
  const one = "1".repeat(32);
  const other = "2".repeat(32);

  it("has one holder, until it is given back", async () => {
    const leases = new LeaseRepository(database);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => leases.acquire("prune", one, 60)));
    expect(tokens.filter((token) => token !== undefined)).toEqual([1]);
    expect(await leases.acquire("prune", other, 60)).toBeUndefined();
    await leases.release("prune", 1);
    expect(await leases.acquire("prune", other, 60)).toBe(2);
  });

  it("that has run out is lost, even when nobody else has taken it", async () => {
    const leases = new LeaseRepository(database);
    const token = (await leases.acquire("prune", one, 60)) ?? 0;
    expect(await leases.renew("prune", token, 60)).toBe(true);
    await sql`update cluster_duty set expires = clock_timestamp()`.execute(database.kysely);
    expect(await leases.renew("prune", token, 60)).toBe(false);
    const refused = writeFenced(database, fenceGuard("prune", token), async () => "written");
    expect(await codeOf(refused)).toBe("STORE_DUTY_LOST");
  });

  it("lets no write of a former holder through, through the store either", async () => {
    const leases = new LeaseRepository(database);
    const former = (await leases.acquire("bootstrap", one, 60)) ?? 0;
    const guarded = store.guarded(fenceGuard("bootstrap", former));
    await guarded.mappings.create("default", { kind: "model", name: "pulse", content: "x" });
    await leases.release("bootstrap", former);
    await leases.acquire("bootstrap", other, 60);
    const late = guarded.mappings.create("default", { kind: "model", name: "weight", content: "x" });
    expect(await codeOf(late)).toBe("STORE_DUTY_LOST");
    expect(await store.mappings.list("default", ["model"])).toHaveLength(1);
  });

  it("ends a transaction in the middle of which its holder stopped", async () => {
    const leases = new LeaseRepository(database);
    const token = (await leases.acquire("prune", one, 0.3)) ?? 0;
    const outcome = database.kysely.transaction().execute(async (transaction) => {
      await checkFence(transaction, "prune", token);
      await transaction.insertInto("cluster_duty").values(strayDuty).execute();
      // As if the process were stopped here: it goes on when the next holder has begun.
      while ((await leases.acquire("prune", other, 60)) === undefined)
        await new Promise((done) => setTimeout(done, 20));
    });
    await expect(outcome).rejects.toThrow();
    const { rows } = await sql`select from cluster_duty where duty = 'stray'`.execute(database.kysely);
    expect(rows).toHaveLength(0);
  });

  const strayDuty = { duty: "stray", holder: null, fencing_token: 1, expires: new Date() };
});

describe("pruning", () => {
  const aDayLater = sql`update invalidation_log set at = at - interval '25 hours'`;
  const positions = async (): Promise<number[]> =>
    (await store.invalidations.since(0)).entries.map((entry) => entry.position);

  beforeEach(async () => {
    for (const name of ["pulse", "pressure", "weight"]) await write(name);
    await aDayLater.execute(administrator.kysely);
  });

  it("removes what is old enough, of all tenants", async () => {
    expect(await database.kysely.transaction().execute((t) => pruneLog(t, { hours: 24, positions: 1 }))).toBe(2);
    expect(await positions()).toEqual([3]);
  });

  it("keeps what is young", async () => {
    expect(await database.kysely.transaction().execute((t) => pruneLog(t, { hours: 48, positions: 0 }))).toBe(0);
  });

  it("keeps what a member has not applied", async () => {
    const { head } = await store.invalidations.since(0);
    await runLogRound(database, report({ ...head, position: 1 }), never);
    await database.kysely.transaction().execute((t) => pruneLog(t, { hours: 24, positions: 0 }));
    expect(await positions()).toEqual([2, 3]);
  });

  it("removes members that have been silent for long, and nobody else", async () => {
    const [silent, alive] = [report(), report()];
    await runLogRound(database, silent, never);
    await runLogRound(database, alive, never);
    await sql`update cluster_member set seen = seen - interval '2 minutes' where instance_id = ${silent.instanceId}`.execute(
      database.kysely,
    );
    expect(await database.kysely.transaction().execute((t) => removeSilentMembers(t, 60))).toBe(1);
    expect(await new MemberRepository(database).list()).toMatchObject([{ instanceId: alive.instanceId }]);
  });
});

describe("a write", () => {
  it("is heard of in its own transaction, and only when it commits", async () => {
    const listener = await administrator.pool.connect();
    const heard: string[] = [];
    listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await listener.query("listen heard");
    const notification = ({ position }: Revision) => ({
      text: "select pg_notify($1, $2)",
      values: ["heard", String(position)],
    });
    const telling = store.notifying(notification);
    await telling.mappings.create("default", { kind: "model", name: "pulse", content: "x" });
    await codeOf(telling.mappings.create("default", { kind: "model", name: "pulse", content: "x" }));
    await telling.mappings.create("default", { kind: "model", name: "weight", content: "x" });
    await listener.query("select 1");
    listener.release();
    expect(heard).toEqual(["1", "2"]);
  });
});

describe("the statements of the operations guide", () => {
  it("renew the epoch of the log and the identity of the cluster", async () => {
    const [before, identity] = [await store.invalidations.head(), await readClusterIdentity(database)];
    await sql`update invalidation_head set epoch = gen_random_uuid()`.execute(database.kysely);
    await sql`update cluster_identity set cluster_id = default, secret = default`.execute(database.kysely);
    const [after, renewed] = [await store.invalidations.head(), await readClusterIdentity(database)];
    expect(after.epoch).not.toBe(before.epoch);
    expect(renewed.name).not.toBe(identity.name);
    expect(renewed.secret).not.toEqual(identity.secret);
  });
});
