import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConnectionLimit } from "../../src/store/connection-limit.js";
import { type Database, openDatabase } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrations.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { havePooler, startPooler, type TestPooler } from "../support/pgbouncer.js";

describe.skipIf(!havePooler)("behind a pooler in transaction mode (needs pgbouncer on this machine)", () => {
  let target: TestDatabase;
  let pooler: TestPooler;
  let database: Database;
  let store: PostgresConfigurationStore;
  beforeAll(async () => {
    target = await createTestDatabase({ empty: true });
    pooler = await startPooler(target.connection, 2);
    // Several nodes that start at once.
    await Promise.all(
      [1, 2, 3].map(async () => {
        await using node = openDatabase(pooler.connection, 2);
        await migrate(node);
      }),
    );
    database = openDatabase(pooler.connection, 20);
    store = new PostgresConfigurationStore(database);
  });
  afterAll(async () => {
    await store?.close();
    await pooler?.[Symbol.asyncDispose]();
    await target?.drop();
  });

  it("nodes that start at once bring an empty database up to date", async () => {
    await using direct = openDatabase(target.connection, 1);
    const { rows } = await sql<{ locks: string; steps: string }>`
      select (select count(*) from pg_locks where locktype = 'advisory') as locks,
        (select count(*) from kysely_migration) as steps`.execute(direct.kysely);
    expect(Number(rows[0]?.steps)).toBeGreaterThan(0);
    expect(Number(rows[0]?.locks)).toBe(0);
  });

  it("tenants that share two connections never see each other's rows", async () => {
    const tenants = Array.from({ length: 20 }, (_, index) => `tenant-${index}`);
    const work = async (tenant: string) => {
      for (let round = 0; round < 5; round++) {
        const mapping = { kind: "model", name: `model-${round}`, content: tenant } as const;
        const { stored } = await store.mappings.create(tenant, mapping);
        await store.mappings.replace(tenant, stored.id, { ...mapping, content: `${tenant} again` });
        const rows = await store.mappings.list(tenant, ["model"]);
        expect(rows.map((row) => row.name)).toEqual(
          Array.from({ length: round + 1 }, (_, number) => `model-${number}`),
        );
        expect(new Set(rows.map((row) => row.tenant))).toEqual(new Set([tenant]));
        expect((await store.snapshot(tenant, "x")).mappings).toHaveLength(round + 1);
      }
    };
    await Promise.all(tenants.map(work));
    expect((await store.invalidations.since(0)).entries).toHaveLength(200);
    await store.purge("tenant-0");
    expect(await store.mappings.list("tenant-0", ["model"])).toEqual([]);
    expect(await store.mappings.list("tenant-1", ["model"])).toHaveLength(5);
  });

  it("no connection to the server keeps a role, a tenant, a prepared statement or a lock between transactions", async () => {
    await store.templates.create("somebody", { templateId: "x", originalTemplateId: "X", content: "<x/>" });
    for (let look = 0; look < 10; look++) {
      const { rows } = await sql<{ role: string; tenant: string | null; whole: string | null; left: string }>`
        select current_setting('role') as role, current_setting('causeway.tenant', true) as tenant,
          current_setting('causeway.reads_whole_log', true) as whole,
          (select count(*) from pg_prepared_statements) as left`.execute(database.kysely);
      expect(rows[0]).toMatchObject({ role: "none", left: "0" });
      expect([rows[0]?.tenant ?? "", rows[0]?.whole ?? ""]).toEqual(["", ""]);
    }
    await using direct = openDatabase(target.connection, 1);
    const locks = await sql`select from pg_locks where locktype = 'advisory'`.execute(direct.kysely);
    expect(locks.rows).toEqual([]);
  });

  it("is noticed, and is not where there is none", async () => {
    await using direct = openDatabase(target.connection, 1);
    expect(await readConnectionLimit(direct)).toMatchObject({ pooled: false });
    expect(await readConnectionLimit(database)).toEqual({ ...(await readConnectionLimit(direct)), pooled: true });
  });
});
