import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { bootstrap } from "../../src/store/bootstrap.js";
import { listBootstrapFiles } from "../../src/store/bootstrap-files.js";
import { openDatabase } from "../../src/store/database.js";
import type { MissingModelsPolicy } from "../../src/store/missing-models-policy.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import type { StoredMappingKind } from "../../src/store/stored.js";
import { corpusFile, haveCorpus, vitalContext, vitalModel } from "../http/test-app.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

let database: TestDatabase;
let store: PostgresConfigurationStore;
let tenant = "";
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  store = new PostgresConfigurationStore(openDatabase(database.connection, 3));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe("loading bootstrap directories", () => {
  let directory: string;
  let warnings: string[];
  beforeEach(() => {
    tenant = `tenant-${++count}`;
    directory = mkdtempSync(join(tmpdir(), "causeway-bootstrap-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    warnings = [];
  });

  const write = (path: string, content: string) => {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  const load = (recursively = true, missingModels: MissingModelsPolicy = "accept") =>
    bootstrap(store, tenant, {
      directories: [directory],
      recursively,
      missingModels,
      warn: (message) => warnings.push(message),
    });
  const stored = (...kinds: StoredMappingKind[]) => store.mappings.list(tenant, kinds);
  const position = async () => (await store.invalidations.head()).position;
  const storedNames = async () => (await stored("model", "extension", "context")).map((one) => one.name);

  it("stores models before the context that names them, whatever the files are called", async () => {
    write("a.context.yml", vitalContext("Vital check"));
    write("z/pulse.yaml", vitalModel);
    expect(await load()).toEqual({ created: 2, updated: 0, unchanged: 0, failed: 0 });
    expect(await storedNames()).toEqual(["OBSERVATION.pulse.v2", "vital-check.context"]);
    expect(warnings).toEqual([]);
  });

  it("decides by the type in the file and not by its name", async () => {
    write("pulse.context.yml", vitalModel);
    write("binding.yml", vitalContext("Vital check"));
    await load();
    expect(await stored("context")).toMatchObject([{ name: "vital-check.context" }]);
  });

  it("writes nothing when nothing has changed", async () => {
    write("pulse.yml", vitalModel);
    write("check.yml", vitalContext("Vital check"));
    await load();
    const before = [await position(), await store.bootstrapFiles.list(tenant), await store.snapshot(tenant, "")];
    expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 2, failed: 0 });
    expect([await position(), await store.bootstrapFiles.list(tenant), await store.snapshot(tenant, "")]).toEqual(
      before,
    );
  });

  it("replaces what has changed under its id", async () => {
    write("pulse.yml", vitalModel);
    await load();
    const [before] = await stored("model");
    write("pulse.yml", `${vitalModel}# changed\n`);
    expect(await load()).toEqual({ created: 0, updated: 1, unchanged: 0, failed: 0 });
    const [after] = await stored("model");
    expect(after).toMatchObject({ id: before?.id, content: `${vitalModel}# changed\n` });
  });

  it("keeps how a context is to be read, which its upload has said and a file cannot say", async () => {
    write("pulse.yml", vitalModel);
    write("a.context.yml", vitalContext("Vital check"));
    await load();
    const [context] = await stored("context");
    if (context === undefined) throw new Error("no context was loaded");
    await store.mappings.replace(tenant, context.id, { ...context, semantics: "v1" });
    write("a.context.yml", `${vitalContext("Vital check")}# changed\n`);
    expect(await load()).toMatchObject({ updated: 1 });
    expect(await stored("context")).toMatchObject([{ id: context.id, semantics: "v1" }]);
  });

  it("reports a file that cannot be loaded with its place, and loads the others", async () => {
    write("broken.yml", vitalModel.replace("type: model", "type: [model"));
    write("orphan.yml", vitalContext("Vital check", "OBSERVATION.nowhere.v1"));
    write("notes.txt", "hello");
    write("pulse.yml", vitalModel);
    expect(await load(true, "refuse")).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 2 });
    expect(warnings.join("\n")).toMatch(/broken\.yml:\d+:\d+/);
    expect(warnings.join("\n")).toMatch(/orphan\.yml:\d+:\d+.*OBSERVATION\.nowhere\.v1/);
    expect(warnings.join("\n")).toMatch(/notes\.txt is not loaded/);
  });

  it("loads a context whose models may come later, and says which are missing and where they are named", async () => {
    write("orphan.yml", vitalContext("Vital check", "OBSERVATION.nowhere.v1"));
    expect(await load()).toMatchObject({ created: 1, failed: 0 });
    expect(warnings).toEqual([expect.stringMatching(/orphan\.yml:\d+:\d+: .*OBSERVATION\.nowhere\.v1/)]);
  });

  it("reports a directory that is not there and goes on", async () => {
    const missing = join(directory, "missing");
    const options = {
      directories: [missing, directory],
      recursively: true,
      missingModels: "accept" as const,
      warn: (text: string) => warnings.push(text),
    };
    write("pulse.yml", vitalModel);
    expect(await bootstrap(store, tenant, options)).toMatchObject({ created: 1 });
    expect(warnings).toEqual([expect.stringContaining(missing)]);
  });

  it("stays out of sub-folders when told so", async () => {
    write("deep/pulse.yml", vitalModel);
    expect(await load(false)).toEqual({ created: 0, updated: 0, unchanged: 0, failed: 0 });
  });

  it("follows links, as mounted configuration needs, and ends where links go round in circles", async () => {
    write("..data/pulse.yml", vitalModel);
    symlinkSync(join("..data", "pulse.yml"), join(directory, "pulse.yml"));
    symlinkSync(directory, join(directory, "again"));
    expect((await listBootstrapFiles(directory, true)).map((file) => file.path)).toEqual([
      join(directory, "pulse.yml"),
    ]);
  });

  it("does not take a folder whose name ends in .yml for a file", async () => {
    write("library.yml/pulse.yml", vitalModel);
    expect(await load()).toMatchObject({ created: 1, failed: 0 });
  });

  it("rejects when the store fails, instead of calling every file broken", async () => {
    write("pulse.yml", vitalModel);
    const gone = openDatabase({ host: "127.0.0.1", port: 1, user: "anna", database: "care" }, 1);
    await using unreachable = new PostgresConfigurationStore(gone);
    const options = { directories: [directory], recursively: true, missingModels: "accept", warn: () => {} } as const;
    await expect(bootstrap(unreachable, tenant, options)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it.skipIf(!haveCorpus)("stores templates too, and reports a broken one with its place", async () => {
    const opt = corpusFile("growth_chart/template.opt");
    write("growth.opt", opt);
    write("half.OPT", opt.slice(0, 5_000));
    expect(await load()).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 1 });
    expect(warnings).toEqual([expect.stringMatching(/half\.OPT:\d+:\d+/)]);
    expect(await store.templates.find(tenant, "growth_chart")).toMatchObject({ content: opt });
    expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 1 });
  });

  describe("with the ledger", () => {
    it("knows every loaded file by its path below the directory, its hash and what it became", async () => {
      write("vital/pulse.yml", vitalModel);
      write("check.yml", vitalContext("Vital check"));
      write("broken.yml", "type: [");
      await load();
      const [context] = await stored("context");
      const [model] = await stored("model");
      expect(await store.bootstrapFiles.list(tenant)).toMatchObject([
        { path: "check.yml", file: "check.yml", entity: { id: context?.id, type: "CONTEXT" } },
        {
          path: "vital/pulse.yml",
          file: "pulse.yml",
          entity: { id: model?.id, type: "MODEL" },
          contentHash: createHash("sha256").update(vitalModel).digest("hex"),
        },
      ]);
    });

    it("leaves what was changed through the API as it is while the file is the same", async () => {
      write("pulse.yml", vitalModel);
      await load();
      const [model] = await stored("model");
      const changed = { kind: "model", name: "OBSERVATION.pulse.v2", content: `${vitalModel}# by hand\n` } as const;
      await store.mappings.replace(tenant, model?.id ?? "", changed);
      expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 0 });
      expect(await stored("model")).toMatchObject([changed]);
    });

    it("does not bring back what was deleted through the API while the file is the same", async () => {
      write("pulse.yml", vitalModel);
      await load();
      const [model] = await stored("model");
      await store.mappings.delete(tenant, ["model"], model?.id ?? "");
      expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 0 });
      expect(await stored("model")).toEqual([]);
    });

    it("creates again what was deleted once the file has changed", async () => {
      write("pulse.yml", vitalModel);
      await load();
      const [model] = await stored("model");
      await store.mappings.delete(tenant, ["model"], model?.id ?? "");
      write("pulse.yml", `${vitalModel}# changed\n`);
      expect(await load()).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 0 });
      expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 0 });
    });

    it("replaces what a file had become, also when the file now gives it another name", async () => {
      write("pulse.yml", vitalModel);
      await load();
      const [before] = await stored("model");
      write("pulse.yml", vitalModel.replace("name: OBSERVATION.pulse.v2", "name: OBSERVATION.heartbeat.v1"));
      expect(await load()).toEqual({ created: 0, updated: 1, unchanged: 0, failed: 0 });
      expect(await stored("model")).toMatchObject([{ id: before?.id, name: "OBSERVATION.heartbeat.v1" }]);
    });

    it("makes a new entity of a file that was a model and is a context now", async () => {
      write("pulse.yml", vitalModel);
      write("file.yml", vitalModel.replaceAll("pulse", "other"));
      await load();
      write("file.yml", vitalContext("Vital check"));
      expect(await load()).toEqual({ created: 1, updated: 0, unchanged: 1, failed: 0 });
      expect([(await stored("model")).length, (await stored("context")).length]).toEqual([2, 1]);
      expect((await store.bootstrapFiles.list(tenant))[0]?.entity.type).toBe("CONTEXT");
    });

    it("takes over what is stored already with the same text, without making anything stale", async () => {
      const { stored: model } = await store.mappings.create(tenant, {
        kind: "model",
        name: "OBSERVATION.pulse.v2",
        content: vitalModel,
      });
      write("pulse.yml", vitalModel);
      const before = await position();
      expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 0 });
      expect(await position()).toBe(before);
      expect(await store.bootstrapFiles.list(tenant)).toMatchObject([{ entity: { id: model.id, type: "MODEL" } }]);
    });

    it("tries a file that failed again at the next start", async () => {
      write("check.yml", vitalContext("Vital check"));
      expect(await load(true, "refuse")).toMatchObject({ created: 0, failed: 1 });
      write("pulse.yml", vitalModel);
      expect(await load()).toEqual({ created: 2, updated: 0, unchanged: 0, failed: 0 });
    });

    it("loads everything again after a purge, and keeps other tenants' ledgers", async () => {
      write("pulse.yml", vitalModel);
      await load();
      const other = tenant;
      tenant = `${tenant}-other`;
      await load();
      await store.purge(tenant);
      expect(await store.bootstrapFiles.list(tenant)).toEqual([]);
      expect(await store.bootstrapFiles.list(other)).toHaveLength(1);
      expect(await load()).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 0 });
    });

    it("warns about a file that is gone, and keeps what it loaded", async () => {
      write("pulse.yml", vitalModel);
      await load();
      rmSync(join(directory, "pulse.yml"));
      expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 0, failed: 0 });
      expect(warnings).toEqual([expect.stringContaining("pulse.yml is no longer")]);
      expect(await stored("model")).toHaveLength(1);
    });

    it("calls no file gone when a whole directory cannot be read", async () => {
      write("pulse.yml", vitalModel);
      await load();
      rmSync(directory, { recursive: true });
      await load();
      expect(warnings).toEqual([expect.stringContaining("cannot be read")]);
    });

    it("tells files of the same path in two directories apart", async () => {
      write("one/pulse.yml", vitalModel);
      write("two/pulse.yml", vitalModel.replaceAll("pulse", "other"));
      const options = {
        directories: ["one", "two"].map((name) => join(directory, name)),
        recursively: true,
        missingModels: "accept",
      } as const;
      const loadBoth = () => bootstrap(store, tenant, { ...options, warn: (message) => warnings.push(message) });
      expect(await loadBoth()).toMatchObject({ created: 2 });
      expect(await loadBoth()).toMatchObject({ unchanged: 2 });
      expect((await store.bootstrapFiles.list(tenant)).map((one) => one.path)).toEqual(["pulse.yml", "two/pulse.yml"]);
      expect(warnings).toEqual([]);
    });

    it("records nothing of a write that its guard refused", async () => {
      write("pulse.yml", vitalModel);
      const refusal = new Error("lease lost");
      const guarded = store.guarded(() => Promise.reject(refusal));
      const options = { directories: [directory], recursively: true, missingModels: "accept", warn: () => {} } as const;
      await expect(bootstrap(guarded, tenant, options)).rejects.toMatchObject({ cause: refusal });
      expect([await stored("model"), await store.bootstrapFiles.list(tenant)]).toEqual([[], []]);
    });
  });
});
