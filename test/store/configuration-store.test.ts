import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../src/errors/problem.js";
import { type Database, openDatabase } from "../../src/store/database.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import type { NewMapping, NewTemplate } from "../../src/store/stored.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

const vital: NewTemplate = {
  templateId: "vital_check",
  originalTemplateId: "Vital check",
  content: "\uFEFF<template>\r\n Größe 𝄞 </template>\n",
};
const growth: NewTemplate = { templateId: "growth_chart", originalTemplateId: "Growth chart", content: "<g/>" };
const pulse: NewMapping = { kind: "model", name: "pulse", content: "pulse: 1" };
const context: NewMapping = {
  kind: "context",
  name: "vital.context",
  templateId: "Vital check",
  normalisedTemplateId: "vital_check",
  content: "context: 1",
};

let testDatabase: TestDatabase;
let database: Database;
let store: PostgresConfigurationStore;
let tenant = "";
let count = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.connection, 5);
  store = new PostgresConfigurationStore(database);
});
beforeEach(() => {
  tenant = `tenant-${++count}`;
});
afterAll(async () => {
  await store.close();
  await testDatabase.drop();
});

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const outcome: unknown = await promise.then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (outcome instanceof Problem) return outcome;
  throw new Error(`expected a Problem, got ${String(outcome)}`);
}

describe("templates", () => {
  it("come back as they were uploaded, to the last byte", async () => {
    const { stored } = await store.templates.create(tenant, vital);
    expect(stored).toMatchObject({ ...vital, tenant });
    expect(await store.templates.get(tenant, stored.id)).toEqual(stored);
  });

  it("are found by both spellings of their id", async () => {
    const { stored } = await store.templates.create(tenant, vital);
    expect(await store.templates.find(tenant, "vital_check")).toEqual(stored);
    expect(await store.templates.find(tenant, "Vital check")).toEqual(stored);
    expect(await store.templates.find(tenant, "vital")).toBeUndefined();
  });

  it("are listed in order of creation, without their content", async () => {
    await store.templates.create(tenant, vital);
    await store.templates.create(tenant, growth);
    const list = await store.templates.list(tenant);
    expect(list.map((template) => template.templateId)).toEqual(["vital_check", "growth_chart"]);
    expect(list.every((template) => !("content" in template))).toBe(true);
  });

  it("keep id and creation time when they are replaced", async () => {
    const { stored } = await store.templates.create(tenant, vital);
    const replaced = await store.templates.replace(tenant, stored.id, growth);
    expect(replaced?.stored).toMatchObject({ ...growth, id: stored.id, created: stored.created });
    expect(replaced?.stored.updated).toBeGreaterThanOrEqual(stored.updated);
  });

  it("are one per template id, on creation and on replacement", async () => {
    await store.templates.create(tenant, vital);
    const other = await store.templates.create(tenant, growth);
    const creation = await problemOf(store.templates.create(tenant, vital));
    const replacement = await problemOf(store.templates.replace(tenant, other.stored.id, vital));
    expect([creation.code, creation.kind.category]).toEqual(["STORE_TEMPLATE_TAKEN", "conflict"]);
    expect(replacement.code).toBe("STORE_TEMPLATE_TAKEN");
  });

  it("created twice at the same moment are stored once and refused once", async () => {
    const outcomes = await Promise.allSettled([
      store.templates.create(tenant, vital),
      store.templates.create(tenant, vital),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "STORE_TEMPLATE_TAKEN" });
    expect(await store.templates.list(tenant)).toHaveLength(1);
  });

  it("with an id that no row can have are not there", async () => {
    for (const id of [UNKNOWN_ID, "", "x", "66f0aa", "' or 1=1", "{00000000-0000-4000-8000-000000000000}", "\0"]) {
      expect(await store.templates.get(tenant, id)).toBeUndefined();
      expect(await store.templates.replace(tenant, id, vital)).toBeUndefined();
      expect(await store.templates.delete(tenant, id)).toBeUndefined();
    }
  });

  it("with a text that Postgres cannot hold are refused as the caller's fault", async () => {
    for (const template of [
      { ...vital, content: "a\0b" },
      { ...vital, templateId: "x".repeat(100_000) },
    ]) {
      const problem = await problemOf(store.templates.create(tenant, template));
      expect([problem.code, problem.kind.category]).toEqual(["STORE_TEXT_NOT_STORABLE", "invalid"]);
    }
  });
});

describe("mappings", () => {
  it("come back with what they are about", async () => {
    const { stored } = await store.mappings.create(tenant, context);
    expect(stored).toMatchObject({ ...context, tenant });
    expect(await store.mappings.get(tenant, ["context"], stored.id)).toEqual(stored);
    const model = await store.mappings.create(tenant, pulse);
    expect("templateId" in model.stored).toBe(false);
  });

  it("are only found among the kinds asked for", async () => {
    const { stored } = await store.mappings.create(tenant, context);
    expect(await store.mappings.get(tenant, ["model", "extension"], stored.id)).toBeUndefined();
    expect(await store.mappings.delete(tenant, ["model", "extension"], stored.id)).toBeUndefined();
    expect(await store.mappings.replace(tenant, stored.id, pulse)).toBeUndefined();
    expect(await store.mappings.list(tenant, ["model"])).toEqual([]);
    expect(await store.mappings.list(tenant, [])).toEqual([]);
    expect(await store.mappings.list(tenant, ["context", "model"])).toEqual([stored]);
  });

  it("share one name space between models and extensions, which contexts are not part of", async () => {
    await store.mappings.create(tenant, pulse);
    const problem = await problemOf(store.mappings.create(tenant, { ...pulse, kind: "extension" }));
    expect([problem.code, problem.kind.category]).toEqual(["STORE_MAPPING_NAME_TAKEN", "conflict"]);
    await store.mappings.create(tenant, { ...context, name: "pulse" });
  });

  it("have one context for a template", async () => {
    await store.mappings.create(tenant, context);
    const again = { ...context, name: "another", templateId: "VITAL CHECK" };
    const problem = await problemOf(store.mappings.create(tenant, again));
    expect([problem.code, problem.kind.category]).toEqual(["STORE_CONTEXT_TAKEN", "conflict"]);
  });

  it("that are contexts come back with what their upload asked for, until they are replaced", async () => {
    const { stored } = await store.mappings.create(tenant, { ...context, semantics: "v1" });
    expect(await store.mappings.get(tenant, ["context"], stored.id)).toMatchObject({ ...context, semantics: "v1" });
    expect((await store.snapshot(tenant, "vital_check")).mappings).toMatchObject([{ semantics: "v1" }]);
    const replaced = await store.mappings.replace(tenant, stored.id, context);
    expect(replaced && "semantics" in replaced.stored).toBe(false);
  });

  it("that are contexts must name a template", async () => {
    const { templateId: _, ...nameless } = context;
    expect((await problemOf(store.mappings.create(tenant, nameless))).code).toBe("STORE_CONTEXT_WITHOUT_TEMPLATE");
  });

  it("created at the same moment under one name are stored once", async () => {
    const outcomes = await Promise.allSettled(
      [pulse, { ...pulse, kind: "extension" as const }, pulse].map((mapping) => store.mappings.create(tenant, mapping)),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(await store.mappings.list(tenant, ["model", "extension"])).toHaveLength(1);
  });
});

describe("a tenant", () => {
  it("uses the same names as another tenant", async () => {
    await store.templates.create(tenant, vital);
    await store.templates.create(`${tenant}-other`, vital);
    await store.mappings.create(tenant, pulse);
    await store.mappings.create(`${tenant}-other`, pulse);
  });

  it("cannot see, change or remove the rows of another", async () => {
    const template = (await store.templates.create(tenant, vital)).stored;
    const mapping = (await store.mappings.create(tenant, pulse)).stored;
    const stranger = `${tenant}-stranger`;
    expect(await store.templates.list(stranger)).toEqual([]);
    expect(await store.templates.get(stranger, template.id)).toBeUndefined();
    expect(await store.templates.find(stranger, "vital_check")).toBeUndefined();
    expect(await store.templates.replace(stranger, template.id, growth)).toBeUndefined();
    expect(await store.templates.delete(stranger, template.id)).toBeUndefined();
    expect(await store.mappings.replace(stranger, mapping.id, pulse)).toBeUndefined();
    expect(await store.mappings.delete(stranger, ["model"], mapping.id)).toBeUndefined();
    await store.purge(stranger);
    const snapshot = await store.snapshot(tenant, "vital_check");
    expect([snapshot.template, ...snapshot.mappings]).toEqual([template, mapping]);
  });

  it("that is empty sees nothing and stores nothing", async () => {
    await store.templates.create(tenant, vital);
    expect(await store.templates.list("")).toEqual([]);
    expect((await problemOf(store.templates.create("", vital))).code).toBe("STORE_TENANT_MISSING");
  });
});

describe("a purge", () => {
  it("erases everything of the tenant in one revision", async () => {
    await store.templates.create(tenant, vital);
    const before = (await store.mappings.create(tenant, pulse)).revision;
    const revision = await store.purge(tenant);
    expect(revision).toEqual({ epoch: before.epoch, position: before.position + 1 });
    const snapshot = await store.snapshot(tenant, "vital_check");
    expect(snapshot).toEqual({ revision, template: undefined, mappings: [] });
  });
});

describe("a snapshot", () => {
  it("holds the template in both spellings, all mappings and the position", async () => {
    const template = (await store.templates.create(tenant, vital)).stored;
    const one = (await store.mappings.create(tenant, context)).stored;
    const { stored: two, revision } = await store.mappings.create(tenant, pulse);
    const expected = { revision, template, mappings: [one, two] };
    expect(await store.snapshot(tenant, "vital_check")).toEqual(expected);
    expect(await store.snapshot(tenant, "Vital check")).toEqual(expected);
  });

  it("never mixes two revisions while writers are at work", async () => {
    let mapping = (await store.mappings.create(tenant, { ...pulse, content: "0" })).stored;
    let template = (await store.templates.create(tenant, { ...vital, content: "0" })).stored;
    const first = (await store.snapshot(tenant, "vital_check")).revision.position;
    // The template is always written first: a snapshot may see it one step ahead of the mapping, never behind.
    const writer = (async () => {
      for (let step = 1; step <= 20; step++) {
        template =
          (await store.templates.replace(tenant, template.id, { ...vital, content: `${step}` }))?.stored ?? template;
        mapping =
          (await store.mappings.replace(tenant, mapping.id, { ...pulse, content: `${step}` }))?.stored ?? mapping;
      }
    })();
    const reader = (async () => {
      for (let read = 0; read < 40; read++) {
        const snapshot = await store.snapshot(tenant, "vital_check");
        const written = Number(snapshot.template?.content) + Number(snapshot.mappings[0]?.content);
        expect(snapshot.revision.position - first).toBe(written);
      }
    })();
    await Promise.all([writer, reader]);
  });
});

describe("the invalidation log", () => {
  it("names what each write made stale, the old and the new key of a renaming among it", async () => {
    const start = (await store.invalidations.head()).position;
    const template = await store.templates.create(tenant, vital);
    await store.templates.replace(tenant, template.stored.id, growth);
    await store.templates.delete(tenant, template.stored.id);
    const mapping = await store.mappings.create(tenant, context);
    await store.mappings.replace(tenant, mapping.stored.id, context);
    const model = await store.mappings.create(tenant, pulse);
    await store.mappings.replace(tenant, model.stored.id, { ...pulse, kind: "extension" });
    await store.purge(tenant);
    const { head, entries } = await store.invalidations.since(start);
    expect(head.position).toBe(start + 8);
    const lines = entries.map((entry) => `${entry.position - start} ${entry.kind} ${entry.key}`).sort();
    expect(lines).toEqual([
      "1 template vital_check",
      "2 template growth_chart",
      "2 template vital_check",
      "3 template growth_chart",
      "4 context vital_check",
      "5 context vital_check",
      "6 model pulse",
      "7 extension pulse",
      "7 model pulse",
      "8 tenant ",
    ]);
    expect(new Set(entries.map((entry) => entry.tenant))).toEqual(new Set([tenant]));
  });

  it("is not written by a write that failed or found nothing", async () => {
    await store.templates.create(tenant, vital);
    const before = await store.invalidations.head();
    await problemOf(store.templates.create(tenant, vital));
    await store.templates.delete(tenant, UNKNOWN_ID);
    await store.mappings.replace(tenant, UNKNOWN_ID, pulse);
    expect(await store.invalidations.head()).toEqual(before);
  });

  it("gives concurrent writes positions without gaps", async () => {
    const start = (await store.invalidations.head()).position;
    const names = Array.from({ length: 25 }, (_, index) => `model-${index}`);
    const writes = await Promise.all(names.map((name) => store.mappings.create(tenant, { ...pulse, name })));
    const positions = writes.map((write) => write.revision.position).sort((one, other) => one - other);
    expect(positions).toEqual(names.map((_, index) => start + 1 + index));
  });
});

describe("row level security", () => {
  const tables = ["operational_template", "mapping", "bootstrap_file", "invalidation_log"] as const;

  /** What a statement of a program that forgot `where tenant = …` would see. */
  async function visible(setting: string | undefined): Promise<number[]> {
    return database.kysely.transaction().execute(async (transaction) => {
      await sql`set local role causeway_tenant`.execute(transaction);
      if (setting !== undefined) await sql`select set_config('causeway.tenant', ${setting}, true)`.execute(transaction);
      const counts: number[] = [];
      for (const table of tables) counts.push((await transaction.selectFrom(table).selectAll().execute()).length);
      return counts;
    });
  }

  it("holds for the connection's user, whatever rights that has", async () => {
    await store.templates.create(tenant, vital, { path: "vital.opt", contentHash: "0".repeat(64) });
    await store.mappings.create(tenant, pulse);
    expect(await visible(tenant)).toEqual([1, 1, 1, 2]);
    expect(await visible(`${tenant}-nobody`)).toEqual([0, 0, 0, 0]);
  });

  it("hides every row while the tenant is empty or not set", async () => {
    await store.templates.create(tenant, vital);
    expect(await visible("")).toEqual([0, 0, 0, 0]);
    expect(await visible(undefined)).toEqual([0, 0, 0, 0]);
  });

  it("refuses a row of another tenant", async () => {
    const intrusion = database.kysely.transaction().execute(async (transaction) => {
      await sql`set local role causeway_tenant`.execute(transaction);
      await sql`select set_config('causeway.tenant', ${tenant}, true)`.execute(transaction);
      await transaction
        .insertInto("operational_template")
        .values({ tenant: "somebody else", template_id: "x", original_template_id: "x", content: "x" })
        .execute();
    });
    await expect(intrusion).rejects.toThrow(/row-level security/);
  });

  it("leaves no tenant or role behind on a pooled connection", async () => {
    await store.templates.create(tenant, vital);
    const state = await sql<{ role: string; tenant: string | null }>`
      select current_setting('role') as role, current_setting('causeway.tenant', true) as tenant`.execute(
      database.kysely,
    );
    expect(state.rows[0]?.role).toBe("none");
    expect(state.rows[0]?.tenant ?? "").toBe("");
  });

  it("is switched on and forced for every table that has tenants", async () => {
    const { rows } = await sql<{ name: string; safe: boolean }>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as safe
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relkind = 'r' and a.attname = 'tenant' and c.relnamespace = current_schema()::regnamespace`.execute(
      database.kysely,
    );
    expect(rows.map((row) => row.name).sort()).toEqual([...tables].sort());
    expect(rows.filter((row) => !row.safe)).toEqual([]);
  });
});

describe("a database that does not answer", () => {
  it("is unavailable, and the message names it without user and password", async () => {
    const connection = { host: "127.0.0.1", port: 1, user: "anna", password: "hunter2", database: "care" };
    await using unreachable = new PostgresConfigurationStore(openDatabase(connection, 1));
    for (const attempt of [unreachable.ping(), unreachable.templates.list("t"), unreachable.purge("t")]) {
      const problem = await problemOf(attempt);
      expect([problem.code, problem.kind.category]).toEqual(["STORE_UNAVAILABLE", "unavailable"]);
      expect(problem.message).toContain("care at 127.0.0.1:1");
      expect(problem.toLine()).not.toMatch(/anna|hunter2/);
    }
  });

  it("for a moment, because it ended the connections, is there again afterwards", async () => {
    await Promise.all([store.ping(), store.ping()]);
    await using administration = openDatabase(testDatabase.connection, 1);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(administration.kysely);
    // A pooled connection may be found broken only when it is used: that is unavailable once, then a new one is made.
    await vi.waitFor(async () => {
      const outcome = await store.templates.list(tenant).catch((error: unknown) => error);
      if (outcome instanceof Problem) expect(outcome.code).toBe("STORE_UNAVAILABLE");
      expect(outcome).toEqual([]);
    });
  });

  it("answers a ping when it is there", async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
});
