import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { readConfig } from "../../src/config.js";
import type { ConnectionOptions } from "../../src/store/connection-options.js";
import { openDatabase } from "../../src/store/database.js";
import { startEmbeddedPostgres } from "../../src/store/embedded-postgres.js";
import { migrate } from "../../src/store/migrations.js";
import type { PostgresBinaries } from "../../src/store/postgres-binaries.js";

const OLDEST_MAJOR = 14;

/**
 * One Postgres server for a test run, with a template database that is migrated once and copied for each test file.
 * Which server: TEST_DATABASE_URL, else DATABASE_URL; else a throwaway one from binaries found on the machine; else a
 * throwaway one from the package embedded-postgres.
 */
export class TestDatabaseServer {
  readonly #connection: ConnectionOptions;
  readonly #administration: pg.Pool;
  readonly #prefix = `causeway_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  readonly #databases = new Set<string>();
  readonly #stop: () => Promise<void>;
  #template: Promise<string> | undefined;
  #count = 0;

  private constructor(connection: ConnectionOptions, stop: () => Promise<void>) {
    this.#connection = connection;
    this.#administration = new pg.Pool({ ...connection, max: 1 });
    this.#administration.on("error", () => {});
    this.#stop = stop;
  }

  static async start(): Promise<TestDatabaseServer> {
    const url = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL;
    const named = readConfig({ DATABASE_URL: url, USER: process.env.USER }).config.database;
    if (named !== undefined) return new TestDatabaseServer(named, async () => {});
    const dataDirectory = mkdtempSync(join(tmpdir(), "causeway-test-"));
    // Postgres does not run as root; its account must be able to pass through.
    execFileSync("chmod", ["755", dataDirectory]);
    const binaries = binariesOfTheMachine();
    const server = await startEmbeddedPostgres({
      dataDirectory,
      durable: false,
      maximumConnections: 200,
      ...(binaries === undefined ? {} : { binaries }),
    });
    return new TestDatabaseServer(server.connection, async () => {
      await server.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    });
  }

  /** Makes a database and gives the connection to it. */
  async create(empty: boolean): Promise<ConnectionOptions> {
    const template = empty ? "template0" : await this.#migratedTemplate();
    return this.#create(`${this.#prefix}_${++this.#count}`, template);
  }

  /** Drops a database that this server made, with the connections that are left. */
  async drop(database: string): Promise<void> {
    if (!this.#databases.delete(database)) return;
    await this.#administration.query(`drop database if exists "${database}" with (force)`);
  }

  async stop(): Promise<void> {
    for (const database of [...this.#databases]) await this.drop(database);
    await this.#administration.end();
    await this.#stop();
  }

  #migratedTemplate(): Promise<string> {
    this.#template ??= (async () => {
      const connection = await this.#create(`${this.#prefix}_template`, "template0");
      await using database = openDatabase(connection, 1);
      await migrate(database);
      return connection.database;
    })();
    return this.#template;
  }

  async #create(name: string, template: string): Promise<ConnectionOptions> {
    await this.#administration.query(`create database "${name}" template "${template}"`);
    this.#databases.add(name);
    return { ...this.#connection, database: name };
  }
}

/** `postgres` and `initdb` in PATH or where Linux distributions put them; the newest that is new enough. */
function binariesOfTheMachine(): PostgresBinaries | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  const candidates = [...(process.env.PATH ?? "").split(delimiter), ...versions]
    .filter((directory) => existsSync(join(directory, "postgres")) && existsSync(join(directory, "initdb")))
    .map((directory) => ({ directory, major: majorVersion(join(directory, "postgres")) }))
    .filter(({ major }) => major >= OLDEST_MAJOR);
  return candidates.sort((one, other) => other.major - one.major)[0];
}

function majorVersion(program: string): number {
  try {
    const said = execFileSync(program, ["--version"], { encoding: "utf8" });
    return Number.parseInt(/\d+/.exec(said)?.[0] ?? "0", 10);
  } catch {
    return 0;
  }
}
