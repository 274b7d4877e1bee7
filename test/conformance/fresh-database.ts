import { randomBytes } from "node:crypto";
import { Client } from "pg";

/** An empty database on an existing Postgres. */
export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates an empty database beside the one the URL names. Throws when the server refuses. */
export async function createFreshDatabase(url: string): Promise<FreshDatabase> {
  // Only letters, digits and underscores: the name stands unescaped in the statements.
  const name = `causeway_conformance_${randomBytes(6).toString("hex")}`;
  await execute(url, `CREATE DATABASE ${name}`);
  const freshUrl = new URL(url);
  freshUrl.pathname = `/${name}`;
  return { url: freshUrl.href, drop: () => execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
