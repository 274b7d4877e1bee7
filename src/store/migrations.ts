import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Kysely,
  type Migration,
  type MigrationProvider,
  Migrator,
  PostgresAdapter,
  PostgresDialect,
  sql,
} from "kysely";
import { Problem } from "../errors/problem.js";
import { describeDatabase } from "./connection-options.js";
import type { Database } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import { STORE_DATABASE_NEWER, STORE_FAULT, STORE_MIGRATION_FAILED, STORE_ROLE_MISSING } from "./problems.js";

/** Key of the advisory lock under which migrations run; any number that nothing else in the database uses. */
const MIGRATION_LOCK = 4_817_301_562;

/**
 * Brings the database up to the program's schema. Several processes may do so at once: one works, the others wait.
 * All steps are one transaction. Throws Problems: `STORE_DATABASE_NEWER` when a newer program was here,
 * `STORE_ROLE_MISSING` with the statements an administrator must run, `STORE_MIGRATION_FAILED`, or `STORE_UNAVAILABLE`.
 */
export async function migrate(database: Database, folder: string = migrationsFolder()): Promise<void> {
  const provider = new SqlFileMigrations(folder);
  await prepareRole(database, folder);
  // The pool is the database's: this Kysely is dropped, not destroyed.
  const kysely = new Kysely<unknown>({ dialect: new MigrationDialect({ pool: database.pool }) });
  const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest();
  if (error === undefined) return;

  const failure = databaseFailure(error, database.connection);
  if (failure.kind.category === "unavailable") throw failure;
  const known = Object.keys(await provider.getMigrations());
  const foreign = await unknownSteps(database, known);
  if (foreign.length > 0) {
    throw new Problem(
      STORE_DATABASE_NEWER,
      `The database ${describeDatabase(database.connection)} was changed by a newer program (step ${foreign.join(", ")}; this program knows up to ${known.at(-1)}).`,
    );
  }
  const why = error instanceof Error ? error.message : "unknown cause";
  throw new Problem(
    STORE_MIGRATION_FAILED,
    `The database ${describeDatabase(database.connection)} cannot be brought up to date: ${why}.`,
    {},
    [],
    error,
  );
}

/** The project's `migrations` folder, found from the sources as well as from the compiled program. */
function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Problem(STORE_FAULT, "The folder migrations is not beside the program.");
    folder = parent;
  }
  return join(folder, "migrations");
}

/** Numbered `.sql` files of a folder; each is one step, sent as it is. */
class SqlFileMigrations implements MigrationProvider {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async getMigrations(): Promise<Record<string, Migration>> {
    const files = (await readdir(this.#folder)).filter((file) => /^\d{4}_.*\.sql$/.test(file)).sort();
    const steps = files.map(async (file): Promise<[string, Migration]> => {
      const text = await readFile(join(this.#folder, file), "utf8");
      const up = async (db: Kysely<unknown>): Promise<void> => {
        await sql.raw(text).execute(db);
      };
      return [file.slice(0, -".sql".length), { up }];
    });
    return Object.fromEntries(await Promise.all(steps));
  }
}

/**
 * Kysely's own lock belongs to the session, which a pooler in transaction mode may change between lock and unlock.
 * This one belongs to the transaction of the migrations: the adapter opens it with the lock and ends it with the
 * release. COMMIT rolls back when a statement has failed.
 */
class TransactionLockAdapter extends PostgresAdapter {
  override get supportsTransactionalDdl(): boolean {
    return false;
  }

  override async acquireMigrationLock(db: Kysely<unknown>): Promise<void> {
    await sql`begin`.execute(db);
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(db);
  }

  override async releaseMigrationLock(db: Kysely<unknown>): Promise<void> {
    await sql`commit`.execute(db);
  }
}

class MigrationDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new TransactionLockAdapter();
  }
}

async function prepareRole(database: Database, folder: string): Promise<void> {
  try {
    await sql.raw(readFileSync(join(folder, "tenant-role.sql"), "utf8")).execute(database.kysely);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "42501") {
      throw new Problem(STORE_ROLE_MISSING, error.message);
    }
    throw databaseFailure(error, database.connection);
  }
}

async function unknownSteps(database: Database, known: readonly string[]): Promise<string[]> {
  try {
    const steps = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(database.kysely);
    return steps.rows.map((step) => step.name).filter((name) => !known.includes(name));
  } catch (error) {
    throw databaseFailure(error, database.connection);
  }
}
