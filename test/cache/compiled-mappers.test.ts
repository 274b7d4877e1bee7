import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CompiledMappers } from "../../src/cache/compiled-mappers.js";
import { compileMapper } from "../../src/engine/mapper.js";
import { CountingStore } from "./counting-store.js";
import { heldLoad } from "./held-load.js";
import { mappersOver, storeWithVitalSigns, tenant, vitalSigns } from "./mappers-over-store.js";
import { contextText, extensionText, modelText } from "./mapping-texts.js";

describe("compiled mappers", () => {
  it("are compiled once from one snapshot, whichever spelling of the template id asks", async () => {
    const store = await storeWithVitalSigns();
    const { get, compiles } = mappersOver(store);
    const found = await Promise.all(["Vital signs", "vital_signs", "VITAL SIGNS", " Vital signs "].map(get));
    expect(new Set(found).size).toBe(1);
    expect(compiles()).toBe(1);
    expect(store.reads()).toEqual(["mappings", "template"]);
  });

  it("are compiled once each when more templates are cold than the cache holds", async () => {
    const store = await storeWithVitalSigns();
    const ids = Array.from({ length: 12 }, (_, at) => `template ${at}`);
    for (const id of ids) {
      await store.putTemplate(tenant, id, id);
      await store.putMapping(tenant, contextText(id, ["pulse"]));
    }
    const { get, compiles } = mappersOver(store, { fhirConnect: { maxEntries: 3 } });
    const found = await Promise.all([...ids, ...ids, ...ids].map(get));
    expect(found.map(({ template }) => template)).toEqual([...ids, ...ids, ...ids]);
    expect(compiles()).toBe(12);
  });

  it("carry the revision of the snapshot they were compiled from", async () => {
    const store = await storeWithVitalSigns();
    const { mappers } = mappersOver(store);
    const head = (await store.snapshot(tenant, "vital_signs")).revision;
    expect((await mappers.stamped(tenant, vitalSigns)).revision).toEqual(head);
    mappers.apply(await store.putMapping(tenant, modelText("pulse", { method: "other" })));
    expect((await mappers.stamped(tenant, vitalSigns)).revision.position).toBe(head.position + 1);
  });

  it("belong to their tenant", async () => {
    const { mappers } = mappersOver(await storeWithVitalSigns());
    await expect(mappers.get("another", vitalSigns)).rejects.toMatchObject({ code: "CONTEXT_NOT_FOUND" });
    expect(await mappers.contexts("another")).toEqual([]);
    expect(await mappers.contexts(tenant)).toMatchObject([{ type: "context" }]);
  });

  it("that do not compile give all who wait the same failure, and the next call tries again", async () => {
    const store = await storeWithVitalSigns();
    const failures = [new Error("first"), new Error("second")];
    let compiles = 0;
    const { get } = mappersOver(store, {
      compile: () => {
        const failure = failures[compiles++];
        throw failure;
      },
    });
    const outcomes = await Promise.allSettled([get(), get(), get()]);
    expect(outcomes.map((one) => one.status === "rejected" && one.reason)).toEqual(Array(3).fill(failures[0]));
    await expect(get()).rejects.toBe(failures[1]);
    expect(compiles).toBe(2);
  });
});

describe("an eviction in the middle of a compile", () => {
  it("keeps the old mapper for those who came before and from those who come after", async () => {
    const store = await storeWithVitalSigns();
    const { mappers, get, compiles } = mappersOver(store);
    const letGo = store.hold();
    const early = [get(), get()];
    const written = await store.putTemplate(tenant, vitalSigns, "second");
    mappers.apply(written);
    const late = [get(), get()];
    letGo();
    expect((await Promise.all(early)).map(({ template }) => template)).toEqual(["first", "first"]);
    expect((await Promise.all(late)).map(({ template }) => template)).toEqual(["second", "second"]);
    expect((await get()).template).toBe("second");
    expect(compiles()).toBe(2);
  });

  it("that has read everything and takes its time is seen as well", async () => {
    const store = await storeWithVitalSigns();
    const held = heldLoad<void>();
    const { mappers, get, compiles } = mappersOver(store, { beforeCompiled: held.load });
    const early = [get(), get()];
    while (held.begun() === 0) await nextTurn();
    mappers.apply(await store.putMapping(tenant, modelText("temperature")));
    const late = [get(), get()];
    while (held.begun() === 1) await nextTurn();
    held.resolve();
    expect((await Promise.all(early)).map(({ models }) => models)).toEqual([["pulse"], ["pulse"]]);
    const after = [...(await Promise.all(late)), await get()];
    for (const { models } of after) expect(models).toEqual(["pulse", "temperature"]);
    expect(new Set(after).size).toBe(1);
    expect(compiles()).toBe(2);
  });

  it("by a model that the compile has not come to yet is seen as well", async () => {
    const store = await storeWithVitalSigns();
    const { mappers, get } = mappersOver(store);
    const letGo = store.hold();
    const early = get();
    mappers.apply(await store.putMapping(tenant, modelText("temperature")));
    letGo();
    expect((await early).models).toEqual(["pulse"]);
    expect((await get()).models).toEqual(["pulse", "temperature"]);
  });

  it("leaves neither the old template nor the old context behind", async () => {
    const store = await storeWithVitalSigns();
    const { mappers, get } = mappersOver(store);
    const letGo = store.hold();
    const early = get();
    const lists = mappers.contexts(tenant);
    mappers.dropAll();
    letGo();
    await Promise.all([early, lists]);
    expect(mappers.statistics().map(({ cache, entries }) => [cache, entries])).toEqual([
      ["opt", 0],
      ["mappers", 0],
      ["fhir_connect_context", 0],
      ["fhir_connect_contexts", 0],
      ["fhir_connect_files", expect.any(Number)],
      ["tenants", 0],
    ]);
  });
});

describe("absences", () => {
  it("of a context are kept until a context for the template is stored", async () => {
    const store = await storeWithVitalSigns();
    const { mappers, get } = mappersOver(store);
    await expect(get("Lipids")).rejects.toMatchObject({ code: "CONTEXT_NOT_FOUND" });
    store.reads();
    await expect(get("lipids")).rejects.toMatchObject({ code: "CONTEXT_NOT_FOUND" });
    expect(store.reads()).toEqual([]);
    mappers.apply(await store.putTemplate(tenant, "Lipids", "lipids"));
    mappers.apply(await store.putMapping(tenant, contextText("Lipids", ["pulse"])));
    expect((await get("Lipids")).template).toBe("lipids");
  });

  it("of a template are kept until it is stored", async () => {
    const store = await storeWithVitalSigns();
    await store.deleteTemplate(tenant, vitalSigns);
    const { mappers, get } = mappersOver(store);
    await expect(get()).rejects.toMatchObject({ code: "TEMPLATE_NOT_FOUND" });
    store.reads();
    await expect(get()).rejects.toMatchObject({ code: "TEMPLATE_NOT_FOUND" });
    expect(store.reads()).toEqual([]);
    mappers.apply(await store.putTemplate(tenant, vitalSigns, "again"));
    expect((await get()).template).toBe("again");
  });

  it("asked for in great number push out no mapper", async () => {
    const store = await storeWithVitalSigns();
    const { get, compiles } = mappersOver(store, {
      fhirConnect: { maxEntries: 5 },
      operationalTemplates: { maxEntries: 5 },
    });
    await get();
    for (let at = 0; at < 50; at++) await get(`unknown ${at}`).catch(() => undefined);
    store.reads();
    await get();
    expect(compiles()).toBe(1);
    expect(store.reads()).toEqual([]);
  });

  it("are forgotten n seconds after they were kept", async () => {
    const store = await storeWithVitalSigns();
    const { get, clock } = mappersOver(store, { fhirConnect: { seconds: 60 } });
    await expect(get("Lipids")).rejects.toThrow();
    await store.putTemplate(tenant, "Lipids", "lipids");
    await store.putMapping(tenant, contextText("Lipids", ["pulse"]));
    clock.pass(59);
    await expect(get("Lipids")).rejects.toThrow();
    clock.pass(1);
    expect((await get("Lipids")).template).toBe("lipids");
  });
});

describe("what a write makes stale", () => {
  /** Two templates; the first is mapped with `pulse`, which calls `device` by a slot, and names what is not there. */
  async function twoMappers() {
    const store = await storeWithVitalSigns();
    await store.putMapping(tenant, modelText("pulse", { slot: "openEHR-EHR-CLUSTER.device.v1" }));
    await store.putMapping(tenant, modelText("device", { archetype: "openEHR-EHR-CLUSTER.device.v1" }));
    await store.putMapping(tenant, modelText("lipids"));
    await store.putMapping(tenant, extensionText("pulse.extended", "pulse"));
    await store.putMapping(tenant, contextText(vitalSigns, ["pulse", "missing"], ["pulse.extended", "missing.too"]));
    await store.putTemplate(tenant, "Laboratory", "laboratory");
    await store.putMapping(tenant, contextText("Laboratory", ["lipids"]));
    const over = mappersOver(store);
    const ids = [vitalSigns, "Laboratory"] as const;
    const before = [await over.get(ids[0]), await over.get(ids[1])];
    /** Which of the two mappers are the same as before. */
    const kept = async () => {
      const kept: string[] = [];
      for (const [at, id] of ids.entries()) if ((await over.get(id)) === before[at]) kept.push(id);
      return kept;
    };
    return { ...over, store, kept };
  }

  const writes: readonly [
    string,
    (store: CountingStore) => ReturnType<CountingStore["putMapping"]>,
    readonly string[],
  ][] = [
    ["a template: its mapper", (store) => store.putTemplate(tenant, vitalSigns, "second"), ["Laboratory"]],
    [
      "a template with the same text: its mapper",
      (store) => store.putTemplate(tenant, vitalSigns, "first"),
      ["Laboratory"],
    ],
    ["a model that the context names", (store) => store.putMapping(tenant, modelText("pulse")), ["Laboratory"]],
    ["a model that a slot calls", (store) => store.putMapping(tenant, modelText("device")), ["Laboratory"]],
    [
      "a model that the context looked for in vain",
      (store) => store.putMapping(tenant, modelText("missing")),
      ["Laboratory"],
    ],
    [
      "an extension that the context names",
      (store) => store.putMapping(tenant, extensionText("pulse.extended", "lipids")),
      ["Laboratory"],
    ],
    [
      "an extension that the context looked for in vain",
      (store) => store.putMapping(tenant, extensionText("missing.too", "pulse")),
      ["Laboratory"],
    ],
    [
      "a model that no context names: nothing",
      (store) => store.putMapping(tenant, modelText("else")),
      [vitalSigns, "Laboratory"],
    ],
    ["a context: its mapper", (store) => store.putMapping(tenant, contextText("Laboratory", ["pulse"])), [vitalSigns]],
    ["everything of the tenant: everything", (store) => store.purgeAll(tenant), []],
  ];
  for (const [what, write, expected] of writes) {
    it(what, async () => {
      const { mappers, store, kept } = await twoMappers();
      mappers.apply(await write(store));
      if (expected.length > 0) expect(await kept()).toEqual(expected);
      else await expect(kept()).rejects.toMatchObject({ code: "CONTEXT_NOT_FOUND" });
    });
  }

  it("a context: the tenant's list of contexts", async () => {
    const { mappers, store } = await twoMappers();
    expect(await mappers.contexts(tenant)).toHaveLength(2);
    mappers.apply(await store.putMapping(tenant, contextText("Third", ["pulse"])));
    expect(await mappers.contexts(tenant)).toHaveLength(3);
  });

  it("a model: not the template, which is not read again", async () => {
    const { mappers, get, store } = await twoMappers();
    store.reads();
    mappers.apply(await store.putMapping(tenant, modelText("pulse")));
    await get();
    expect(store.reads()).toEqual(["mappings"]);
  });

  it("of a kind that only a newer version knows: everything of the tenant", async () => {
    const { mappers, kept, store } = await twoMappers();
    await store.putMapping(tenant, modelText("pulse"));
    mappers.apply([{ tenant, kind: "concept-map", key: "any" }]);
    expect(await kept()).toEqual([]);
  });

  it("of a kind or key that is the name of a member of every object: what it says, and nothing breaks", async () => {
    const { mappers, kept } = await twoMappers();
    for (const key of ["__proto__", "constructor"]) mappers.apply([{ tenant, kind: "model", key }]);
    expect(await kept()).toEqual([vitalSigns, "Laboratory"]);
    mappers.apply([{ tenant, kind: "__proto__", key: "" }]);
    expect(await kept()).toEqual([]);
  });

  it("of another tenant: nothing here", async () => {
    const { mappers, kept } = await twoMappers();
    mappers.apply(
      ["template", "context", "model", "tenant"].map((kind) => ({ tenant: "another", kind, key: "pulse" })),
    );
    expect(await kept()).toEqual([vitalSigns, "Laboratory"]);
  });
});

describe("the statistics of all caches", () => {
  it("tell what was compiled, hit and dropped, and how much is kept", async () => {
    const store = await storeWithVitalSigns();
    const { mappers, get } = mappersOver(store);
    await Promise.all([get(), get()]);
    await get();
    await mappers.contexts(tenant);
    const of = (name: string) => mappers.statistics().find(({ cache }) => cache === name);
    expect(of("mappers")).toMatchObject({ group: "fhir-connect", hits: 1, misses: 2, loads: 1, entries: 1 });
    expect(of("opt")).toMatchObject({ group: "opt", misses: 1, loads: 1, entries: 1 });
    expect(of("fhir_connect_files")).toMatchObject({ hits: 1, loads: 2, entries: 2 });
    expect(of("fhir_connect_contexts")).toMatchObject({ loads: 1, entries: 1 });
    for (const name of ["mappers", "opt", "fhir_connect_files"]) expect(of(name)?.bytes).toBeGreaterThan(0);
    mappers.dropAll();
    expect(of("mappers")).toMatchObject({ entries: 0, bytes: 0, evictions: { dropped: 1 } });
  });
});

describe("a mapper compiled by the engine", () => {
  const root = join(import.meta.dirname, "..", "..");
  const models = ["encounter", "blood_pressure", "body_temperature", "pulse", "body_weight"];
  const files = [...models.map((name) => `${name}.model.yml`), "vital_signs.context.yml"];

  it("follows a change of the template that ships with the program", async () => {
    expect(existsSync(join(root, "templates", "vital_signs.opt"))).toBe(true);
    const text = readFileSync(join(root, "templates", "vital_signs.opt"), "utf8");
    const store = new CountingStore();
    for (const file of files) {
      await store.putMapping(tenant, readFileSync(join(root, "mappings", "vital_signs", file), "utf8"));
    }
    await store.putTemplate(tenant, "vital_signs", text);
    const mappers = new CompiledMappers({ store, compile: compileMapper, reportUnreadable: () => {} });
    const first = await mappers.get(tenant, "vital_signs");
    expect(first.templateId).toBe("vital_signs");
    expect(await mappers.get(tenant, "vital_signs")).toBe(first);
    mappers.apply(
      await store.putTemplate(tenant, "vital_signs", text.replace("</template>", "<!-- again --></template>")),
    );
    expect(await mappers.get(tenant, "vital_signs")).not.toBe(first);
  });
});
