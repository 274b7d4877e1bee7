import { inject } from "vitest";
import type { ConnectionOptions } from "../../src/store/connection-options.js";

/** A database of its own for one test file. */
export interface TestDatabase extends AsyncDisposable {
  readonly connection: ConnectionOptions;
  /** The same as a URL, for programs that are started with an environment. */
  readonly url: string;
  /** Removes the database, also when connections are still open. */
  drop(): Promise<void>;
}

/**
 * Makes a database: a copy of the migrated template, or with `empty` one without any table. The server behind it is
 * started by test/support/global-setup.ts when the first test asks: see there for which one that is. Databases that a
 * test forgets to drop are dropped at the end of the run.
 */
export async function createTestDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const connection = (await ask("POST", options.empty === true ? "/empty" : "/migrated")) as ConnectionOptions;
  const drop = async (): Promise<void> => {
    await ask("DELETE", `/${connection.database}`);
  };
  return { connection, url: databaseUrl(connection), drop, [Symbol.asyncDispose]: drop };
}

/** The URL of a connection, every part encoded. */
export function databaseUrl(connection: ConnectionOptions): string {
  const { host, port, user, password, database } = connection;
  const login = `${encodeURIComponent(user)}${password === undefined ? "" : `:${encodeURIComponent(password)}`}`;
  return host.startsWith("/")
    ? `postgres://${login}@/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&port=${port}`
    : `postgres://${login}@${host}:${port}/${encodeURIComponent(database)}`;
}

async function ask(method: "POST" | "DELETE", path: string): Promise<unknown> {
  const service = inject("testDatabases");
  if (service === undefined) throw new Error("vitest.config.ts must name test/support/global-setup.ts as globalSetup");
  const answer = await fetch(`${service}${path}`, { method });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error(`no test database: ${JSON.stringify(body)}`);
  return body;
}
