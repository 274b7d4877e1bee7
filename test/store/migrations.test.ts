import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Problem } from "../../src/errors/problem.js";
import { type Database, openDatabase } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrations.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import { endChild, forkStore } from "../support/child-store.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const ownFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

let testDatabase: TestDatabase;
let database: Database;
let folder: string;

beforeEach(async () => {
  testDatabase = await createTestDatabase({ empty: true });
  database = openDatabase(testDatabase.connection, 3);
  folder = mkdtempSync(join(tmpdir(), "causeway-migrations-"));
  cpSync(ownFolder, folder, { recursive: true });
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
  rmSync(folder, { recursive: true });
});

async function migrationProblem(database: Database, from?: string): Promise<Problem> {
  const outcome: unknown = await migrate(database, from).then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (outcome instanceof Problem) return outcome;
  throw new Error(`expected a Problem, got ${String(outcome)}`);
}

describe("migrations", () => {
  it("refuse a database that a newer program has changed", async () => {
    writeFileSync(join(folder, "0999_later.sql"), "create table later (id int);");
    await migrate(database, folder);
    const problem = await migrationProblem(database);
    expect(problem.code).toBe("STORE_DATABASE_NEWER");
    expect(problem.message).toContain("0999_later");
  });

  it("change nothing when one step fails", async () => {
    writeFileSync(join(folder, "0999_broken.sql"), "create table later (id int); select broken from nowhere;");
    const problem = await migrationProblem(database, folder);
    expect(problem.code).toBe("STORE_MIGRATION_FAILED");
    const { rows } = await sql`select from pg_class where relname in ('later', 'mapping')`.execute(database.kysely);
    expect(rows).toHaveLength(0);
    await migrate(database);
  });

  it("may run again and change nothing then", async () => {
    await migrate(database);
    const store = new PostgresConfigurationStore(database);
    const before = await store.invalidations.head();
    await migrate(database);
    expect(await store.invalidations.head()).toEqual(before);
  });

  it("work with a single connection, and leave no lock on it", async () => {
    await using narrow = openDatabase(testDatabase.connection, 1);
    await migrate(narrow);
    const { rows } = await sql`select from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`.execute(narrow.kysely);
    expect(rows).toHaveLength(0);
  });

  it("of several pools at the same moment end well for all", async () => {
    const pools = Array.from({ length: 6 }, () => openDatabase(testDatabase.connection, 2));
    await Promise.all(pools.map((pool) => migrate(pool)));
    await Promise.all(pools.map((pool) => pool.close()));
  });

  it("of two processes at the same moment end well for both", async () => {
    const children = await Promise.all([1, 2].map(() => forkStore("/nonexistent", testDatabase.url)));
    expect(children.map(({ answer }) => answer)).toEqual([{ ready: true }, { ready: true }]);
    await Promise.all(children.map(({ child }) => endChild(child, "politely")));
    expect((await new PostgresConfigurationStore(database).invalidations.head()).position).toBe(2);
  });

  it("of several databases of one server at the same moment share the role", async () => {
    const others = await Promise.all([1, 2, 3].map(() => createTestDatabase({ empty: true })));
    const pools = [database, ...others.map((other) => openDatabase(other.connection, 1))];
    await Promise.all(pools.map((pool) => migrate(pool)));
    for (const pool of pools.slice(1)) await pool.close();
    for (const other of others) await other.drop();
  });
});

describe("a database user without the right to create roles", () => {
  const user = `causeway_clerk_${process.pid}`;

  beforeEach(async () => {
    await sql.raw(`create role ${user} login password 'clerk' nosuperuser nocreaterole`).execute(database.kysely);
    await sql.raw(`alter database "${testDatabase.connection.database}" owner to ${user}`).execute(database.kysely);
  });
  afterEach(async () => {
    await sql.raw(`reassign owned by ${user} to current_user`).execute(database.kysely);
    await sql.raw(`drop owned by ${user}`).execute(database.kysely);
    await sql.raw(`drop role ${user}`).execute(database.kysely);
  });

  it("is told what an administrator must run, and works once that is done", async () => {
    await using asClerk = openDatabase({ ...testDatabase.connection, user, password: "clerk" }, 2);
    const problem = await migrationProblem(asClerk);
    expect(problem.code).toBe("STORE_ROLE_MISSING");
    const statements = /must run: (.*)$/.exec(problem.message)?.[1] ?? "";
    expect(statements).toContain(`GRANT causeway_tenant TO ${user};`);

    await sql.raw(statements).execute(database.kysely);
    await migrate(asClerk);
    const store = new PostgresConfigurationStore(asClerk);
    await store.mappings.create("ward", { kind: "model", name: "pulse", content: "x" });
    expect(await store.mappings.list("ward", ["model"])).toHaveLength(1);
    expect(await store.mappings.list("another", ["model"])).toHaveLength(0);
  });
});
