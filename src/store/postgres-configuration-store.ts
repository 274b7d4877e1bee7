import { sql } from "kysely";
import { Problem } from "../errors/problem.js";
import type {
  ConfigurationSnapshot,
  ConfigurationStore,
  MappingRepository,
  TemplateRepository,
} from "./configuration-store.js";
import { describeDatabase } from "./connection-options.js";
import type { Database } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import { type InvalidationLog, PostgresInvalidationLog } from "./invalidation-log.js";
import { PostgresMappingRepository, storedMapping } from "./postgres-mapping-repository.js";
import { PostgresTemplateRepository, storedTemplate } from "./postgres-template-repository.js";
import { STORE_UNAVAILABLE } from "./problems.js";
import { normaliseTemplateId, type Revision } from "./stored.js";
import { readAsTenant, readHead, writeAsTenant } from "./tenant-transaction.js";

const PING_MILLISECONDS = 5_000;

/** The configuration of all tenants in Postgres. Failures are Problems as `databaseFailure` gives them. */
export class PostgresConfigurationStore implements ConfigurationStore, AsyncDisposable {
  readonly templates: TemplateRepository;
  readonly mappings: MappingRepository;
  /** What the writes of all tenants made stale. */
  readonly invalidations: InvalidationLog;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.templates = new PostgresTemplateRepository(database);
    this.mappings = new PostgresMappingRepository(database);
    this.invalidations = new PostgresInvalidationLog(database);
  }

  async purge(tenant: string): Promise<Revision> {
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      await transaction.deleteFrom("mapping").where("tenant", "=", tenant).execute();
      await transaction.deleteFrom("operational_template").where("tenant", "=", tenant).execute();
      return { result: undefined, stale: [{ kind: "tenant", key: "" }] };
    });
    if (written === undefined) throw new TypeError("a purge always writes");
    return written.revision;
  }

  snapshot(tenant: string, normalisedTemplateId: string): Promise<ConfigurationSnapshot> {
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const revision = await readHead(transaction);
      const template = await transaction
        .selectFrom("operational_template")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("template_id", "=", normaliseTemplateId(normalisedTemplateId))
        .executeTakeFirst();
      const mappings = await transaction
        .selectFrom("mapping")
        .selectAll()
        .where("tenant", "=", tenant)
        .orderBy("ordinal")
        .execute();
      return { revision, template: template && storedTemplate(template), mappings: mappings.map(storedMapping) };
    });
  }

  /** A server that vanished without a word would keep the query waiting for minutes: the answer is awaited 5 s. */
  async ping(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      const silent = new Problem(
        STORE_UNAVAILABLE,
        `The database ${describeDatabase(this.#database.connection)} does not answer within ${PING_MILLISECONDS} ms.`,
      );
      timer = setTimeout(() => reject(silent), PING_MILLISECONDS);
    });
    try {
      await Promise.race([sql`select 1`.execute(this.#database.kysely), patience]);
    } catch (error) {
      throw databaseFailure(error, this.#database.connection);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
