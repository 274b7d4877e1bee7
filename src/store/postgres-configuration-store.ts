import { sql } from "kysely";
import { Problem } from "../errors/problem.js";
import { type BootstrapLedger, PostgresBootstrapLedger } from "./bootstrap-ledger.js";
import type {
  ConfigurationSnapshot,
  ConfigurationStore,
  MappingRepository,
  SnapshotOmissions,
  TemplateRepository,
} from "./configuration-store.js";
import { describeDatabase } from "./connection-options.js";
import type { Database, WriteGuard, WriteNotification } from "./database.js";
import { databaseFailure } from "./database-failure.js";
import { type InvalidationLog, PostgresInvalidationLog } from "./invalidation-log.js";
import { PostgresMappingRepository, storedMapping } from "./postgres-mapping-repository.js";
import { PostgresTemplateRepository, storedTemplate } from "./postgres-template-repository.js";
import { STORE_UNAVAILABLE } from "./problems.js";
import { normaliseTemplateId, type Revision } from "./stored.js";
import { isTemplateUnchanged } from "./template-unchanged.js";
import { readAsTenant, readHead, writeAsTenant } from "./tenant-transaction.js";

const PING_MILLISECONDS = 5_000;

/** The configuration of all tenants in Postgres. Failures are Problems as `databaseFailure` gives them. */
export class PostgresConfigurationStore implements ConfigurationStore, AsyncDisposable {
  readonly templates: TemplateRepository;
  readonly mappings: MappingRepository;
  readonly bootstrapFiles: BootstrapLedger;
  /** What the writes of all tenants made stale. */
  readonly invalidations: InvalidationLog;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.templates = new PostgresTemplateRepository(database);
    this.mappings = new PostgresMappingRepository(database);
    this.bootstrapFiles = new PostgresBootstrapLedger(database);
    this.invalidations = new PostgresInvalidationLog(database);
  }

  /** The pool under this store. Whoever uses it leaves closing it to the store. */
  get database(): Database {
    return this.#database;
  }

  /** The same store, each of whose writes happens only when `guard` lets it. Needs no closing of its own. */
  guarded(guard: WriteGuard): PostgresConfigurationStore {
    return new PostgresConfigurationStore({ ...this.#database, guard });
  }

  /** The same store, each of whose writes tells of itself in its own transaction. Closing either closes both. */
  notifying(notification: (revision: Revision) => WriteNotification): PostgresConfigurationStore {
    return new PostgresConfigurationStore({ ...this.#database, notification });
  }

  async purge(tenant: string): Promise<Revision> {
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      await transaction.deleteFrom("mapping").where("tenant", "=", tenant).execute();
      await transaction.deleteFrom("operational_template").where("tenant", "=", tenant).execute();
      await transaction.deleteFrom("bootstrap_file").where("tenant", "=", tenant).execute();
      return { result: undefined, stale: [{ kind: "tenant", key: "" }] };
    });
    if (written === undefined) throw new TypeError("a purge always writes");
    return written.revision;
  }

  snapshot(
    tenant: string,
    normalisedTemplateId: string,
    { templateKnownAt, withoutMappings }: SnapshotOmissions = {},
  ): Promise<ConfigurationSnapshot> {
    const templateId = normaliseTemplateId(normalisedTemplateId);
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const revision = await readHead(transaction);
      const unchanged =
        templateKnownAt !== undefined &&
        (await isTemplateUnchanged(transaction, { tenant, templateId, knownAt: templateKnownAt, head: revision }));
      const template = unchanged
        ? undefined
        : await transaction
            .selectFrom("operational_template")
            .selectAll()
            .where("tenant", "=", tenant)
            .where("template_id", "=", templateId)
            .executeTakeFirst();
      const mappings =
        withoutMappings === true
          ? []
          : await transaction
              .selectFrom("mapping")
              .selectAll()
              .where("tenant", "=", tenant)
              .orderBy("ordinal")
              .execute();
      return {
        revision,
        template: template && storedTemplate(template),
        ...(unchanged && { templateUnchanged: true as const }),
        mappings: mappings.map(storedMapping),
      };
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
