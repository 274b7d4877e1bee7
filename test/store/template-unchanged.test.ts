import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../src/store/database.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import type { NewTemplate, Revision } from "../../src/store/stored.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const template: NewTemplate = { templateId: "vital_signs", originalTemplateId: "Vital signs", content: "<first/>" };
const model = { kind: "model", name: "pulse", content: "pulse: 1" } as const;

let testDatabase: TestDatabase;
let database: Database;
let store: PostgresConfigurationStore;
let tenants = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.connection, 2);
  store = new PostgresConfigurationStore(database);
});
afterAll(async () => {
  await store.close();
  await testDatabase.drop();
});

/** A tenant with the template, and the revision at which that is known. */
async function known() {
  const tenant = `tenant-${++tenants}`;
  const { stored, revision } = await store.templates.create(tenant, template);
  const snapshot = (templateKnownAt: Revision = revision) =>
    store.snapshot(tenant, template.templateId, { templateKnownAt });
  return { tenant, id: stored.id, revision, snapshot };
}

describe("a snapshot for one who knows the template", () => {
  it("leaves the template out while nobody has written anything", async () => {
    const { snapshot, revision } = await known();
    expect(await snapshot()).toEqual({ revision, template: undefined, templateUnchanged: true, mappings: [] });
  });

  it("leaves it out when only other things were written, here and by other tenants", async () => {
    const { tenant, snapshot } = await known();
    await store.mappings.create(tenant, model);
    await store.templates.create(tenant, { ...template, templateId: "lipids" });
    const other = await known();
    await store.templates.replace(other.tenant, other.id, { ...template, content: "<theirs/>" });
    await store.purge(other.tenant);
    expect(await snapshot()).toMatchObject({ templateUnchanged: true, mappings: [{ name: "pulse" }] });
  });

  it("reads it when it was replaced, deleted or erased with its tenant", async () => {
    const { tenant, id, snapshot } = await known();
    await store.templates.replace(tenant, id, { ...template, content: "<second/>" });
    const replaced = await snapshot();
    expect(replaced).toMatchObject({ template: { content: "<second/>" } });
    expect(replaced.templateUnchanged).toBeUndefined();
    expect(await snapshot(replaced.revision)).toMatchObject({ templateUnchanged: true });
    await store.templates.delete(tenant, id);
    const deleted = await snapshot(replaced.revision);
    expect([deleted.template, deleted.templateUnchanged]).toEqual([undefined, undefined]);
    await store.purge(tenant);
    expect((await snapshot(deleted.revision)).templateUnchanged).toBeUndefined();
  });

  it("reads it when the epoch is another or the log has gone back", async () => {
    const { revision, snapshot } = await known();
    for (const { epoch, position } of [
      { epoch: "another", position: revision.position },
      { epoch: revision.epoch, position: revision.position + 1 },
    ]) {
      expect(await snapshot({ epoch, position })).toMatchObject({ template: { content: "<first/>" } });
    }
  });

  it("reads it when a part of the log that may tell of it has been pruned", async () => {
    const { tenant, snapshot } = await known();
    await store.mappings.create(tenant, model);
    await store.mappings.create(tenant, { ...model, name: "other" });
    expect(await snapshot()).toMatchObject({ templateUnchanged: true });
    const [{ position } = { position: 0 }] = (await store.invalidations.since(0)).entries.slice(-1);
    await sql`delete from invalidation_log where position < ${position}`.execute(database.kysely);
    expect((await snapshot()).templateUnchanged).toBeUndefined();
  });

  it("leaves out the mapping files when they are not wanted", async () => {
    const { tenant } = await known();
    await store.mappings.create(tenant, model);
    expect(await store.snapshot(tenant, "Vital signs", { withoutMappings: true })).toMatchObject({
      template: { content: "<first/>" },
      mappings: [],
    });
  });
});
