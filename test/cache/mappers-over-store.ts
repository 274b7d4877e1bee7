import { CompiledMappers, type CompiledMappersParts } from "../../src/cache/compiled-mappers.js";
import { parsingReader } from "../../src/cache/stored-text-reader.js";
import type { Mapper, MapperSource } from "../../src/engine/mapper.js";
import type { Template } from "../../src/openehr/template/template.js";
import { CountingStore } from "./counting-store.js";
import { heldClock } from "./held-load.js";
import { contextText, modelText } from "./mapping-texts.js";

export const tenant = "default";
/** The template id that `storeWithVitalSigns` has a context for. */
export const vitalSigns = "Vital signs";

/** A mapper that only says what it was compiled from. */
export interface ToldMapper extends Mapper {
  /** The text of its template. */
  readonly template: string;
  readonly models: readonly string[];
}

/** One template (its text is "first"), one model, one context. */
export async function storeWithVitalSigns(): Promise<CountingStore> {
  const store = new CountingStore();
  await store.putTemplate(tenant, vitalSigns, "first");
  await store.putMapping(tenant, modelText("pulse"));
  await store.putMapping(tenant, contextText(vitalSigns, ["pulse"]));
  return store;
}

interface MappersOverParts extends Partial<CompiledMappersParts> {
  /** What a compile waits for when it has taken its source. */
  readonly beforeCompiled?: () => Promise<void>;
}

/** Mappers over a store, with a clock that is moved by hand; templates need not be XML. */
export function mappersOver(store: CountingStore, { beforeCompiled, ...parts }: MappersOverParts = {}) {
  const sources: MapperSource[] = [];
  const clock = heldClock();
  const mappers = new CompiledMappers({
    store,
    compile: async (source) => {
      sources.push(source);
      await beforeCompiled?.();
      const told: Partial<ToldMapper> = {
        templateId: source.template.templateId,
        template: source.template.concept,
        models: source.mappings.map(({ name }) => name.value),
      };
      return told as Mapper;
    },
    reportUnreadable: () => {},
    reader: {
      template: async (content, templateId = "") => ({ templateId, concept: content }) as Template,
      mapping: parsingReader.mapping,
    },
    now: clock.now,
    ...parts,
  });
  const get = async (templateId = vitalSigns) => (await mappers.get(tenant, templateId)) as ToldMapper;
  return { mappers, get, compiles: () => sources.length, clock };
}
