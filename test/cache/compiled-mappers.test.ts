import { describe, expect, it } from "vitest";
import { CompiledMappers } from "../../src/cache/compiled-mappers.js";
import type { Mapper, MapperSource } from "../../src/engine/mapper.js";
import { takeMapping, takeTemplate } from "../../src/store/intake.js";
import { MemoryConfigurationStore } from "../http/memory-configuration-store.js";
import { corpusFile, haveCorpus, vitalContext, vitalModel } from "../http/test-app.js";

const tenant = "default";

async function storeWithContext(): Promise<MemoryConfigurationStore> {
  const store = new MemoryConfigurationStore();
  await store.templates.create(tenant, takeTemplate(corpusFile("growth_chart/template.opt")));
  await store.mappings.create(tenant, takeMapping(vitalModel, ["model"]).toStore);
  await store.mappings.create(tenant, takeMapping(vitalContext("Growth chart"), ["context"]).toStore);
  return store;
}

function mappersOver(store: MemoryConfigurationStore, seconds = -1) {
  const sources: MapperSource[] = [];
  const compile = (source: MapperSource): Mapper => {
    sources.push(source);
    return { templateId: source.template.templateId } as Mapper;
  };
  const mappers = new CompiledMappers({ store, compile, reportUnreadable: () => {}, fhirConnectSeconds: seconds });
  return { mappers, sources };
}

describe.skipIf(!haveCorpus)("compiled mappers", () => {
  it("are compiled once from one snapshot, whichever spelling of the template id asks", async () => {
    const store = await storeWithContext();
    const { mappers, sources } = mappersOver(store);
    const spellings = ["Growth chart", "growth_chart", "GROWTH CHART", " Growth chart "];
    const found = await Promise.all(spellings.map((spelling) => mappers.get(tenant, spelling)));
    expect(new Set(found).size).toBe(1);
    expect([sources.length, store.snapshots]).toEqual([1, 1]);
    expect(sources[0]).toMatchObject({
      context: { name: { value: "vital-check.context" } },
      mappings: [{ type: "model" }],
    });
  });

  it("are compiled anew after an eviction, with what is stored then", async () => {
    const store = await storeWithContext();
    const { mappers, sources } = mappersOver(store);
    await mappers.get(tenant, "Growth chart");
    await store.mappings.create(tenant, takeMapping(vitalModel.replaceAll("pulse", "other"), ["model"]).toStore);
    await mappers.get(tenant, "Growth chart");
    expect(sources).toHaveLength(1);
    mappers.evict(tenant);
    await mappers.get(tenant, "Growth chart");
    expect(sources.map((source) => source.mappings.length)).toEqual([1, 2]);
  });

  it("do not remember that a template was unknown", async () => {
    const store = new MemoryConfigurationStore();
    const { mappers } = mappersOver(store);
    await expect(mappers.get(tenant, "Growth chart")).rejects.toMatchObject({ code: "CONTEXT_NOT_FOUND" });
    await store.templates.create(tenant, takeTemplate(corpusFile("growth_chart/template.opt")));
    await store.mappings.create(tenant, takeMapping(vitalContext("Growth chart"), ["context"]).toStore);
    await expect(mappers.get(tenant, "Growth chart")).resolves.toMatchObject({ templateId: "Growth chart" });
  });

  it("belong to their tenant", async () => {
    const { mappers } = mappersOver(await storeWithContext());
    await expect(mappers.get("another", "Growth chart")).rejects.toMatchObject({ code: "CONTEXT_NOT_FOUND" });
    expect(await mappers.contexts("another")).toEqual([]);
    expect(await mappers.contexts(tenant)).toMatchObject([{ type: "context" }]);
  });

  it("are compiled for every call when nothing is to be kept", async () => {
    const store = await storeWithContext();
    const { mappers, sources } = mappersOver(store, 0);
    await mappers.get(tenant, "Growth chart");
    await mappers.get(tenant, "Growth chart");
    expect(sources).toHaveLength(2);
  });
});
