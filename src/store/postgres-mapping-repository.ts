import { type Selectable, sql, type Transaction } from "kysely";
import { Problem } from "../errors/problem.js";
import { entityTypeOf, recordLoadedFile } from "./bootstrap-ledger.js";
import type { MappingRepository } from "./configuration-store.js";
import type { Database } from "./database.js";
import { STORE_CONTEXT_WITHOUT_TEMPLATE } from "./problems.js";
import { isRowId } from "./row-id.js";
import type { Schema } from "./schema.js";
import type { LoadedFile, NewMapping, Revision, StoredMapping, StoredMappingKind, Written } from "./stored.js";
import { readAsTenant, type Stale, writeAsTenant } from "./tenant-transaction.js";

type Row = Selectable<Schema["mapping"]>;

/** Models, extensions and contexts in Postgres. */
export class PostgresMappingRepository implements MappingRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(tenant: string, kinds: readonly StoredMappingKind[]): Promise<StoredMapping[]> {
    if (kinds.length === 0) return [];
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const rows = await transaction
        .selectFrom("mapping")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("kind", "in", kinds)
        .orderBy("ordinal")
        .execute();
      return rows.map(storedMapping);
    });
  }

  async get(tenant: string, kinds: readonly StoredMappingKind[], id: string): Promise<StoredMapping | undefined> {
    if (!isRowId(id) || kinds.length === 0) return undefined;
    return readAsTenant(this.#database, tenant, async (transaction) => {
      const row = await transaction
        .selectFrom("mapping")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .where("kind", "in", kinds)
        .executeTakeFirst();
      return row && storedMapping(row);
    });
  }

  async create(tenant: string, mapping: NewMapping, from?: LoadedFile): Promise<Written<StoredMapping>> {
    const values = valuesOf(mapping);
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      const row = await transaction
        .insertInto("mapping")
        .values({ tenant, ...values })
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordFile(transaction, row, from);
      return { result: row, stale: [staleKey(row)] };
    });
    if (written === undefined) throw new TypeError("an insert gives a row");
    return { stored: storedMapping(written.result), revision: written.revision };
  }

  /** A model may become an extension and back; a context stays a context. Both the old key and the new one get stale. */
  async replace(
    tenant: string,
    id: string,
    mapping: NewMapping,
    from?: LoadedFile,
  ): Promise<Written<StoredMapping> | undefined> {
    if (!isRowId(id)) return undefined;
    const values = valuesOf(mapping);
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      const before = await transaction
        .selectFrom("mapping")
        .select(["kind", "name", "normalised_template_id"])
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .where("kind", "in", mapping.kind === "context" ? ["context"] : ["model", "extension"])
        .forUpdate()
        .executeTakeFirst();
      if (before === undefined) return undefined;
      const row = await transaction
        .updateTable("mapping")
        .set({ ...values, updated: sql`clock_timestamp()` })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordFile(transaction, row, from);
      return { result: row, stale: [staleKey(before), staleKey(row)] };
    });
    return written && { stored: storedMapping(written.result), revision: written.revision };
  }

  async delete(tenant: string, kinds: readonly StoredMappingKind[], id: string): Promise<Revision | undefined> {
    if (!isRowId(id) || kinds.length === 0) return undefined;
    const written = await writeAsTenant(this.#database, tenant, async (transaction) => {
      const row = await transaction
        .deleteFrom("mapping")
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .where("kind", "in", kinds)
        .returning(["kind", "name", "normalised_template_id"])
        .executeTakeFirst();
      return row && { result: undefined, stale: [staleKey(row)] };
    });
    return written?.revision;
  }
}

/** The mapping as callers know it. */
export function storedMapping(row: Row): StoredMapping {
  return {
    id: row.id,
    tenant: row.tenant,
    kind: row.kind,
    name: row.name,
    ...(row.template_id === null ? {} : { templateId: row.template_id }),
    ...(row.normalised_template_id === null ? {} : { normalisedTemplateId: row.normalised_template_id }),
    ...(row.semantics === null ? {} : { semantics: row.semantics }),
    content: row.content,
    created: row.created.getTime(),
    updated: row.updated.getTime(),
  };
}

function valuesOf(mapping: NewMapping) {
  if (mapping.kind === "context" && (mapping.templateId === undefined || mapping.normalisedTemplateId === undefined)) {
    throw new Problem(STORE_CONTEXT_WITHOUT_TEMPLATE, "A context names no template.", {
      mapping: mapping.name,
      path: "context.template.id",
    });
  }
  return {
    kind: mapping.kind,
    name: mapping.name,
    template_id: mapping.templateId ?? null,
    normalised_template_id: mapping.normalisedTemplateId ?? null,
    semantics: mapping.semantics ?? null,
    content: mapping.content,
  };
}

async function recordFile(transaction: Transaction<Schema>, row: Row, from: LoadedFile | undefined): Promise<void> {
  if (from === undefined) return;
  await recordLoadedFile(transaction, row.tenant, from, { id: row.id, type: entityTypeOf(row.kind) });
}

function staleKey(row: Pick<Row, "kind" | "name" | "normalised_template_id">): Stale {
  return { kind: row.kind, key: row.kind === "context" ? (row.normalised_template_id ?? "") : row.name };
}
