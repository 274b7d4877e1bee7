import { describe, expect, it, onTestFinished } from "vitest";
import type { CacheSettings } from "../../src/cache/cache-groups.js";
import { CompiledMappers } from "../../src/cache/compiled-mappers.js";
import { parsingReader } from "../../src/cache/stored-text-reader.js";
import { readConfig } from "../../src/config.js";
import type { Mapper } from "../../src/engine/mapper.js";
import type { Template } from "../../src/openehr/template/template.js";
import { openDatabase } from "../../src/store/database.js";
import { takeMapping } from "../../src/store/intake.js";
import { PostgresConfigurationStore } from "../../src/store/postgres-configuration-store.js";
import { groupsRead } from "../cluster/harness/groups-read.js";
import { PostgresProxy } from "../cluster/harness/postgres-proxy.js";
import { createTestDatabase } from "../support/database.js";
import { heldClock } from "./held-load.js";
import { tenant } from "./mappers-over-store.js";
import { contextText, modelText } from "./mapping-texts.js";

/** Mappers over Postgres behind a proxy, everything kept, under a clock that is moved by hand. */
async function warm(settings: CacheSettings) {
  const target = await createTestDatabase();
  onTestFinished(() => target.drop());
  const proxy = await PostgresProxy.start(target.connection);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const { database: connection } = readConfig({ DATABASE_URL: proxy.url }).config;
  if (connection === undefined) throw new Error("the proxy has an address");
  const store = new PostgresConfigurationStore(openDatabase(connection, 2));
  onTestFinished(() => store.close());
  await store.templates.create(tenant, { templateId: "vital", originalTemplateId: "vital", content: "text" });
  for (const text of [modelText("pulse"), contextText("vital", ["pulse"])]) {
    await store.mappings.create(tenant, takeMapping(text, ["model", "context"]).toStore);
  }
  const clock = heldClock();
  const mappers = new CompiledMappers({
    store,
    compile: ({ template: { templateId } }) => ({ templateId }) as Mapper,
    reportUnreadable: () => {},
    reader: { template: async (_, templateId = "") => ({ templateId }) as Template, mapping: parsingReader.mapping },
    now: clock.now,
    ...settings,
  });
  /** What one request for the mapper and the settings of the tenant makes Postgres do. */
  const request = async (): Promise<readonly string[]> => {
    proxy.countAnew();
    await mappers.get(tenant, "vital");
    await mappers.tenantSettings(tenant);
    return groupsRead(proxy);
  };
  await request();
  return { clock, request };
}

const years = 100 * 365 * 24 * 3600;

describe("what reaches Postgres of a request, counted at a proxy", () => {
  const groups: readonly { group: string; at: (seconds: number) => CacheSettings; reads: readonly string[] }[] = [
    { group: "OPT", at: (seconds) => ({ operationalTemplates: { seconds } }), reads: ["OPT"] },
    { group: "FHIR Connect", at: (seconds) => ({ fhirConnect: { seconds } }), reads: ["FHIR Connect"] },
    // The settings of tenants are not stored yet.
    { group: "tenant", at: (seconds) => ({ tenants: { seconds } }), reads: [] },
  ];
  for (const { group, at, reads } of groups) {
    it(`is what the ${group} group has read, n seconds after it was kept and not before, with that group at n`, async () => {
      const { clock, request } = await warm(at(60));
      for (let round = 0; round < 2; round++) {
        clock.pass(59.999);
        expect(await request()).toEqual([]);
        clock.pass(0.001);
        expect(await request()).toEqual(reads);
        expect(await request()).toEqual([]);
      }
    });

    it(`is what the ${group} group has read, every time, with that group at 0`, async () => {
      const { request } = await warm(at(0));
      expect([await request(), await request()]).toEqual([reads, reads]);
    });

    it(`is nothing, however late, with the ${group} group at -1`, async () => {
      const { clock, request } = await warm(at(-1));
      clock.pass(years);
      expect(await request()).toEqual([]);
    });
  }
});
