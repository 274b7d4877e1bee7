import { type Selectable, sql } from "kysely";
import { recordLoadedFile } from "./bootstrap-ledger.js";
import type { TemplateRepository } from "./configuration-store.js";
import type { Database } from "./database.js";
import { isRowId } from "./row-id.js";
import type { Schema } from "./schema.js";
import {
  type LoadedFile,
  type NewTemplate,
  normaliseTemplateId,
  type Revision,
  type StoredTemplate,
  type Written,
} from "./stored.js";
import { readAsTenant, writeAsTenant } from "./tenant-transaction.js";

type Row = Selectable<Schema["operational_template"]>;

/** Operational templates in Postgres. */
export class PostgresTemplateRepository implements TemplateRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(tenant: string): Promise<Omit<StoredTemplate, "content">[]> {
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const rows = await transaction
        .selectFrom("operational_template")
        .select(["id", "tenant", "template_id", "original_template_id", "created", "updated"])
        .where("tenant", "=", tenant)
        .orderBy("ordinal")
        .execute();
      return rows.map(withoutContent);
    });
  }

  async get(tenant: string, id: string): Promise<StoredTemplate | undefined> {
    if (!isRowId(id)) return undefined;
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const row = await transaction
        .selectFrom("operational_template")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .executeTakeFirst();
      return row && storedTemplate(row);
    });
  }

  find(tenant: string, templateId: string): Promise<StoredTemplate | undefined> {
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const row = await transaction
        .selectFrom("operational_template")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("template_id", "=", normaliseTemplateId(templateId))
        .executeTakeFirst();
      return row && storedTemplate(row);
    });
  }

  async create(tenant: string, template: NewTemplate, from?: LoadedFile): Promise<Written<StoredTemplate>> {
    const written = await this.#write(tenant, undefined, template, from);
    if (written === undefined) throw new TypeError("an insert gives a row");
    return written;
  }

  async replace(
    tenant: string,
    id: string,
    template: NewTemplate,
    from?: LoadedFile,
  ): Promise<Written<StoredTemplate> | undefined> {
    return isRowId(id) ? this.#write(tenant, id, template, from) : undefined;
  }

  async delete(tenant: string, id: string): Promise<Revision | undefined> {
    if (!isRowId(id)) return undefined;
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      const row = await transaction
        .deleteFrom("operational_template")
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .returning("template_id")
        .executeTakeFirst();
      return row && { result: undefined, stale: [{ kind: "template", key: row.template_id }] };
    });
    return written?.revision;
  }

  /** Inserts, or with an id replaces; a replaced row that changes its key makes both keys stale. */
  async #write(
    tenant: string,
    id: string | undefined,
    template: NewTemplate,
    from: LoadedFile | undefined,
  ): Promise<Written<StoredTemplate> | undefined> {
    const values = {
      template_id: template.templateId,
      original_template_id: template.originalTemplateId,
      content: template.content,
    };
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      const record = async ({ id: entity }: Row): Promise<void> => {
        if (from !== undefined) await recordLoadedFile(transaction, tenant, from, { id: entity, type: "OPT" });
      };
      if (id === undefined) {
        const row = await transaction
          .insertInto("operational_template")
          .values({ tenant, ...values })
          .returningAll()
          .executeTakeFirstOrThrow();
        await record(row);
        return { result: row, stale: [{ kind: "template", key: row.template_id }] };
      }
      const before = await transaction
        .selectFrom("operational_template")
        .select("template_id")
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .forUpdate()
        .executeTakeFirst();
      if (before === undefined) return undefined;
      const row = await transaction
        .updateTable("operational_template")
        .set({ ...values, updated: sql`clock_timestamp()` })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await record(row);
      const keys = [before.template_id, row.template_id];
      return { result: row, stale: keys.map((key) => ({ kind: "template", key })) };
    });
    return written && { stored: storedTemplate(written.result), revision: written.revision };
  }
}

/** The template as callers know it. */
export function storedTemplate(row: Row): StoredTemplate {
  return { ...withoutContent(row), content: row.content };
}

function withoutContent(row: Omit<Row, "content" | "ordinal">): Omit<StoredTemplate, "content"> {
  return {
    id: row.id,
    tenant: row.tenant,
    templateId: row.template_id,
    originalTemplateId: row.original_template_id,
    created: row.created.getTime(),
    updated: row.updated.getTime(),
  };
}
