import { describe, expect, it } from "vitest";
import type { CacheSettings } from "../../src/cache/cache-groups.js";
import { mappersOver, storeWithVitalSigns, tenant, vitalSigns } from "./mappers-over-store.js";
import { modelText } from "./mapping-texts.js";

async function warm(settings: CacheSettings) {
  const store = await storeWithVitalSigns();
  const over = mappersOver(store, settings);
  await over.mappers.contexts(tenant);
  await over.get();
  store.reads();
  /** One request without template id, as a mapping call makes it: what it reads of the store. */
  const request = async () => {
    await over.mappers.contexts(tenant);
    await over.get();
    return store.reads();
  };
  return { ...over, store, request };
}

const years = 100 * 365 * 24 * 3600;

describe("the times to live of the groups", () => {
  it("With both groups at -1 a request for what is kept makes no database call.", async () => {
    const { request, clock, compiles } = await warm({});
    expect(await request()).toEqual([]);
    clock.pass(years);
    expect(await request()).toEqual([]);
    expect(compiles()).toBe(1);
  });

  it("With the OPT group at 0 every request reads its template, and nothing else; the kept mapper is used when it was compiled from the very text that was read.", async () => {
    const { request, get, compiles } = await warm({ operationalTemplates: { seconds: 0 } });
    expect([await request(), await request()]).toEqual([["template"], ["template"]]);
    await Promise.all([get(), get(), get()]);
    expect(compiles()).toBe(1);
  });

  it("With the OPT group at 0 requests at the same moment read the template each for itself.", async () => {
    const { get, store } = await warm({ operationalTemplates: { seconds: 0 } });
    await Promise.all([get(), get(), get()]);
    expect(store.reads()).toEqual(["template", "template", "template"]);
  });

  it("With the OPT group at 0 those who wait for another's compile read the template for themselves all the same.", async () => {
    const store = await storeWithVitalSigns();
    const { get, compiles } = mappersOver(store, { operationalTemplates: { seconds: 0 } });
    await Promise.all([get(), get(), get()]);
    expect(store.reads()).toEqual(["mappings", "template", "template", "template"]);
    expect(compiles()).toBe(1);
  });

  it("With the OPT group at 0 a template that was replaced is used at once, though nobody has told of it, in one new mapper for all.", async () => {
    const { get, store, compiles } = await warm({ operationalTemplates: { seconds: 0 } });
    await store.putTemplate(tenant, vitalSigns, "second");
    const found = await Promise.all([get(), get(), get()]);
    expect(found.map(({ template }) => template)).toEqual(["second", "second", "second"]);
    expect(new Set(found).size).toBe(1);
    expect(compiles()).toBe(2);
  });

  it("With the OPT group at 0 a template that was deleted is missing at once.", async () => {
    const { get, store } = await warm({ operationalTemplates: { seconds: 0 } });
    await store.deleteTemplate(tenant, vitalSigns);
    await expect(get()).rejects.toMatchObject({ code: "TEMPLATE_NOT_FOUND" });
  });

  it("With the FHIR Connect group at 0 every request reads contexts, models and extensions and compiles; the kept template is not read again.", async () => {
    const { request, compiles } = await warm({ fhirConnect: { seconds: 0 } });
    const reads = ["contexts", "mappings"];
    expect([await request(), await request()]).toEqual([reads, reads]);
    expect(compiles()).toBe(3);
  });

  it("With the FHIR Connect group at 0 a model that was stored is used at once, though nobody has told of it.", async () => {
    const { get, store } = await warm({ fhirConnect: { seconds: 0 } });
    await store.putMapping(tenant, modelText("temperature"));
    expect((await get()).models).toEqual(["pulse", "temperature"]);
    expect(store.reads()).toEqual(["mappings"]);
  });

  it("With the FHIR Connect group at 0 the kept template is used only when the log proves that it has not changed.", async () => {
    const { get, store } = await warm({ fhirConnect: { seconds: 0 } });
    await store.putTemplate(tenant, vitalSigns, "second");
    expect((await get()).template).toBe("second");
    expect(store.reads()).toEqual(["mappings", "template"]);
    await get();
    expect(store.reads()).toEqual(["mappings"]);
  });

  it("With both at 0 every request reads everything.", async () => {
    const { request } = await warm({ operationalTemplates: { seconds: 0 }, fhirConnect: { seconds: 0 } });
    const reads = ["contexts", "mappings", "template"];
    expect([await request(), await request()]).toEqual([reads, reads]);
  });

  it("With the OPT group at n the template is read at the first request n seconds after it was kept, and then the clock starts anew.", async () => {
    const { request, clock, compiles } = await warm({ operationalTemplates: { seconds: 60 } });
    for (let round = 0; round < 3; round++) {
      clock.pass(59.999);
      expect(await request()).toEqual([]);
      clock.pass(0.001);
      expect(await request()).toEqual(["template"]);
    }
    expect(compiles()).toBe(1);
  });

  it("With the OPT group at n requests at the same moment share the one read that is due.", async () => {
    const { get, clock, store } = await warm({ operationalTemplates: { seconds: 60 } });
    clock.pass(60);
    await Promise.all([get(), get(), get()]);
    expect(store.reads()).toEqual(["template"]);
  });

  it("With the OPT group at n another template than before makes a new mapper.", async () => {
    const { get, clock, store } = await warm({ operationalTemplates: { seconds: 60 } });
    await store.putTemplate(tenant, vitalSigns, "second");
    expect((await get()).template).toBe("first");
    clock.pass(60);
    expect((await get()).template).toBe("second");
  });

  it("With the FHIR Connect group at n contexts, models and extensions are read at the first request n seconds after they were kept, and the template is not.", async () => {
    const { request, clock, compiles } = await warm({ fhirConnect: { seconds: 60 } });
    for (let round = 0; round < 3; round++) {
      clock.pass(59.999);
      expect(await request()).toEqual([]);
      clock.pass(0.001);
      expect(await request()).toEqual(["contexts", "mappings"]);
    }
    expect(compiles()).toBe(4);
  });

  it("A compile that is due for another reason does not prolong the life of the template.", async () => {
    const { mappers, request, clock, store } = await warm({ operationalTemplates: { seconds: 60 } });
    clock.pass(40);
    mappers.apply(await store.putMapping(tenant, modelText("pulse", { method: "other" })));
    expect(await request()).toEqual(["mappings"]);
    clock.pass(20);
    expect(await request()).toEqual(["template"]);
  });

  it("The tenant group is tuned apart, and the others are of no consequence to it.", async () => {
    const { mappers, clock } = await warm({ tenants: { seconds: 60 }, fhirConnect: { seconds: 0 } });
    const loads = () => mappers.statistics().find(({ cache }) => cache === "tenants")?.loads;
    for (const seconds of [0, 59, 1]) {
      clock.pass(seconds);
      expect(await mappers.tenantSettings(tenant)).toEqual({ tenant });
    }
    expect(loads()).toBe(2);
  });

  it("A write makes stale what was made of it, on every node, whatever the times to live.", async () => {
    for (const seconds of [-1, 0, 60]) {
      const times = { operationalTemplates: { seconds }, fhirConnect: { seconds }, tenants: { seconds } };
      const { mappers: writer, get, store } = await warm(times);
      const other = mappersOver(store, times);
      await other.get();
      const logged = [
        ...(await store.putTemplate(tenant, vitalSigns, "second")),
        ...(await store.putMapping(tenant, modelText("temperature"))),
      ];
      for (const node of [writer, other.mappers]) node.apply(logged);
      for (const found of [await get(), await other.get()]) {
        expect([found.template, found.models]).toEqual(["second", ["pulse", "temperature"]]);
      }
    }
  });

  it("That there is no such template or context is kept like a value.", async () => {
    for (const [seconds, reads] of [
      [-1, []],
      [0, ["mappings", "template"]],
    ] as const) {
      const { get, mappers, store } = await warm({ fhirConnect: { seconds }, operationalTemplates: { seconds } });
      mappers.apply(await store.deleteTemplate(tenant, vitalSigns));
      for (const [id, code] of [
        ["Lipids", "CONTEXT_NOT_FOUND"],
        [vitalSigns, "TEMPLATE_NOT_FOUND"],
      ] as const) {
        await expect(get(id)).rejects.toMatchObject({ code });
        store.reads();
        await expect(get(id)).rejects.toMatchObject({ code });
        expect(store.reads()).toEqual(reads);
      }
    }
  });

  it("A failure is kept by nobody: who waits gets it, and who comes later tries again.", async () => {
    for (const seconds of [-1, 0, 60]) {
      const store = await storeWithVitalSigns();
      let attempts = 0;
      const { get } = mappersOver(store, {
        fhirConnect: { seconds },
        compile: async () => {
          throw new Error(`attempt ${++attempts}`);
        },
      });
      const failures = await Promise.allSettled([get(), get()]);
      // At 0 nobody waits for another.
      const told = failures.map((one) => one.status === "rejected" && (one.reason as Error).message);
      expect(told).toEqual(seconds === 0 ? ["attempt 1", "attempt 2"] : ["attempt 1", "attempt 1"]);
      await expect(get()).rejects.toThrow(`attempt ${seconds === 0 ? 3 : 2}`);
    }
  });

  it("A time to live that means nothing is refused.", async () => {
    await expect(warm({ operationalTemplates: { seconds: -2 } })).rejects.toThrow(RangeError);
  });
});
