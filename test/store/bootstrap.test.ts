import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { bootstrap } from "../../src/store/bootstrap.js";
import { listBootstrapFiles } from "../../src/store/bootstrap-files.js";
import { MemoryConfigurationStore } from "../http/memory-configuration-store.js";
import { corpusFile, haveCorpus, vitalContext, vitalModel } from "../http/test-app.js";

describe("loading bootstrap directories", () => {
  let directory: string;
  let store: MemoryConfigurationStore;
  let warnings: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "causeway-bootstrap-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    store = new MemoryConfigurationStore();
    warnings = [];
  });

  const write = (path: string, content: string) => {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  const load = (recursively = true) =>
    bootstrap(store, "default", { directories: [directory], recursively, warn: (message) => warnings.push(message) });
  const storedNames = async () =>
    (await store.mappings.list("default", ["model", "extension", "context"])).map((one) => one.name);

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
    expect(await store.mappings.list("default", ["context"])).toMatchObject([{ name: "vital-check.context" }]);
  });

  it("writes nothing when nothing has changed", async () => {
    write("pulse.yml", vitalModel);
    write("check.yml", vitalContext("Vital check"));
    await load();
    const before = store.contents();
    expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 2, failed: 0 });
    expect(store.contents()).toEqual(before);
  });

  it("replaces what has changed under its id", async () => {
    write("pulse.yml", vitalModel);
    await load();
    const [before] = await store.mappings.list("default", ["model"]);
    write("pulse.yml", `${vitalModel}# changed\n`);
    expect(await load()).toEqual({ created: 0, updated: 1, unchanged: 0, failed: 0 });
    const [after] = await store.mappings.list("default", ["model"]);
    expect(after).toMatchObject({ id: before?.id, content: `${vitalModel}# changed\n` });
  });

  it("reports a file that cannot be loaded with its place, and loads the others", async () => {
    write("broken.yml", vitalModel.replace("type: model", "type: [model"));
    write("orphan.yml", vitalContext("Vital check", "OBSERVATION.nowhere.v1"));
    write("notes.txt", "hello");
    write("pulse.yml", vitalModel);
    expect(await load()).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 2 });
    expect(warnings.join("\n")).toMatch(/broken\.yml:\d+:\d+/);
    expect(warnings.join("\n")).toMatch(/orphan\.yml:\d+:\d+.*OBSERVATION\.nowhere\.v1/);
    expect(warnings.join("\n")).toMatch(/notes\.txt is not loaded/);
  });

  it("reports a directory that is not there and goes on", async () => {
    const missing = join(directory, "missing");
    const options = {
      directories: [missing, directory],
      recursively: true,
      warn: (text: string) => warnings.push(text),
    };
    write("pulse.yml", vitalModel);
    expect(await bootstrap(store, "default", options)).toMatchObject({ created: 1 });
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
    store.gone = true;
    await expect(load()).rejects.toThrow("The database does not answer.");
  });

  it.skipIf(!haveCorpus)("stores templates too, and reports a broken one with its place", async () => {
    const opt = corpusFile("growth_chart/template.opt");
    write("growth.opt", opt);
    write("half.OPT", opt.slice(0, 5_000));
    expect(await load()).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 1 });
    expect(warnings).toEqual([expect.stringMatching(/half\.OPT:\d+:\d+/)]);
    expect(await store.templates.find("default", "growth_chart")).toMatchObject({ content: opt });
    expect(await load()).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 1 });
  });
});
