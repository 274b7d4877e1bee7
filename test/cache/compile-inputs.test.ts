import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompiledMappers } from "../../src/cache/compiled-mappers.js";
import type { StoredTextReader } from "../../src/cache/stored-text-reader.js";
import { compileMapper, type Mapper, type MapperSource } from "../../src/engine/mapper.js";
import { Problem } from "../../src/errors/problem.js";
import type { SemanticsSetting } from "../../src/fhirconnect/dialect/semantics-setting.js";
import { readMapping } from "../../src/fhirconnect/syntax/read-mapping.js";
import type { Template } from "../../src/openehr/template/template.js";
import { readTemplateText } from "../../src/store/template-text.js";
import { CountingStore, type Logged } from "./counting-store.js";
import { tenant } from "./mappers-over-store.js";

const root = join(import.meta.dirname, "..", "..");
const file = (...path: readonly string[]) => readFileSync(join(root, ...path), "utf8");

const start = "COMPOSITION.encounter.v1.vital_signs";
const pulse = "OBSERVATION.pulse.v2.vital_signs";
const weight = "OBSERVATION.body_weight.v2.vital_signs";
const files = {
  template: file("templates", "vital_signs.opt"),
  start: file("mappings", "vital_signs", "encounter.model.yml"),
  pulse: file("mappings", "vital_signs", "pulse.model.yml"),
  weight: file("mappings", "vital_signs", "body_weight.model.yml"),
};

interface ContextText {
  readonly models?: readonly string[];
  readonly extensions?: readonly string[];
  readonly startsWith?: string;
  readonly version?: string;
}

function contextText({
  models = [start, pulse],
  extensions = ["added"],
  startsWith = start,
  version = "R4",
}: ContextText) {
  const list = (names: readonly string[]) => names.map((name) => `\n    - ${name}`).join("");
  return `grammar: FHIRConnect/v1.0.0
type: context
metadata:
  name: vital_signs.context
  version: 1.0.0
spec:
  system: FHIR
  version: ${version}
context:
  profile:
    url: http://hl7.org/fhir/StructureDefinition/vitalsigns
  template:
    id: vital_signs
  archetypes:${list(models)}
  extensions:${list(extensions)}
  start: ${startsWith}
`;
}

/** An extension that sets a text of each Observation. */
function extensionText(text: string, { name = "added", extended = pulse } = {}): string {
  return `grammar: FHIRConnect/v1.0.0
type: extension
metadata:
  name: ${name}
  version: 1.0.0
spec:
  system: FHIR
  version: R4
  extends: ${extended}
mappings:
  - name: ${name}Text
    extension: add
    with:
      fhir: $resource
      openehr: $archetype
    manual:
      - name: set
        fhir:
          - {path: "device.display", value: "${text}"}
`;
}

/** One reading of the pulse and one of the weight. */
const composition = {
  "vital_signs/pulse_heart_beat:0/any_event:0/rate|magnitude": 62,
  "vital_signs/pulse_heart_beat:0/any_event:0/rate|unit": "/min",
  "vital_signs/body_weight:0/any_event:0/weight|magnitude": 81,
  "vital_signs/body_weight:0/any_event:0/weight|unit": "kg",
};
const settings = { timeZone: "UTC", now: () => new Date("2030-01-01T00:00:00Z") };

/** Templates that were read once are not read again: what is tested is who asks for them. */
const read = new Map<string, Template>();
const reader: StoredTextReader = {
  template: async (content) => {
    const template = read.get(content) ?? readTemplateText(content);
    read.set(content, template);
    return template;
  },
  mapping: async (content, name) => readMapping(content, { file: name }),
};

function mappersOf(store: CountingStore): CompiledMappers {
  return new CompiledMappers({ store, compile: compileMapper, reportUnreadable: () => {}, reader });
}

async function storedSet(): Promise<CountingStore> {
  const store = new CountingStore();
  await store.putTemplate(tenant, "vital_signs", files.template);
  for (const model of [files.start, files.pulse, files.weight]) await store.putMapping(tenant, model);
  await store.putMapping(tenant, extensionText("first"));
  await store.putMapping(tenant, contextText({}));
  return store;
}

/** What the mappers answer, or why they do not. */
async function answerOf(mappers: CompiledMappers): Promise<unknown> {
  try {
    return seenOf(await mappers.get(tenant, "vital_signs"));
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, line: error.toLine() };
    throw error;
  }
}

function seenOf(mapper: Mapper): unknown {
  const findings = mapper.diagnostics.map(({ code, message }) => `${code} ${message}`);
  const said = { version: mapper.fhirVersion, semantics: mapper.semantics, findings };
  try {
    return { ...said, bundle: mapper.toFhir(mapper.readComposition(composition, settings), settings) };
  } catch (error) {
    if (error instanceof Problem) return { ...said, code: error.code, line: error.toLine() };
    throw error;
  }
}

type Write = (store: CountingStore) => Promise<readonly Logged[]>;

const putContext =
  (text: ContextText, semantics?: SemanticsSetting): Write =>
  (store) =>
    store.putMapping(tenant, contextText(text), semantics);
const put =
  (text: string): Write =>
  (store) =>
    store.putMapping(tenant, text);
const remove =
  (name: string): Write =>
  (store) =>
    store.deleteMapping(tenant, name);

/** Another set of writes for each thing that a mapper is compiled from; each changes what it answers. */
const writes: Readonly<Record<keyof MapperSource, Readonly<Record<string, readonly Write[]>>>> = {
  template: {
    "another text": [
      (store) =>
        store.putTemplate(
          tenant,
          "vital_signs",
          files.template.replaceAll("<rm_type_name>DV_QUANTITY<", "<rm_type_name>DV_COUNT<"),
        ),
    ],
    deleted: [(store) => store.deleteTemplate(tenant, "vital_signs")],
  },
  context: {
    "one model less": [putContext({ models: [start] })],
    "one model more": [putContext({ models: [start, pulse, weight] })],
    "a model that is not stored": [putContext({ models: [start, pulse, "missing"] })],
    "another start": [putContext({ startsWith: pulse })],
    "another FHIR version": [putContext({ version: "R4B" })],
    "other extensions": [putContext({ extensions: ["added", "missing"] })],
    "an extension that was stored before it was named": [
      put(extensionText("other", { name: "other" })),
      putContext({ extensions: ["added", "other"] }),
    ],
  },
  semantics: {
    "asked for with the upload of the context": [putContext({}, "v1")],
    "asked for, and then no more": [putContext({}, "v1"), putContext({})],
  },
  mappings: {
    "the model that it starts with": [put(files.start.replace('value: "collection"', 'value: "batch"'))],
    "a model that a slot calls": [put(files.pulse.replace('value: "Heart rate"', 'value: "Pulse"'))],
    "the archetype of a model that a slot calls by its archetype": [
      put(files.start.replace(`slotArchetype: "${pulse}"`, 'slotArchetype: "openEHR-EHR-OBSERVATION.pulse.v2"')),
      put(
        files.pulse.replace(
          'archetype: "openEHR-EHR-OBSERVATION.pulse.v2"',
          'archetype: "openEHR-EHR-OBSERVATION.else.v1"',
        ),
      ),
    ],
    "a model that is deleted": [remove(pulse)],
    "a model that becomes an extension": [put(extensionText("first", { name: pulse, extended: start }))],
    "a model that the context looked for in vain": [
      putContext({ models: [start, pulse, weight] }),
      remove(weight),
      put(files.weight),
    ],
    "a second model of the archetype that it starts with": [
      putContext({ models: [start, pulse, "second.start"] }),
      put(files.start.replace(start, "second.start")),
    ],
    "an extension": [put(extensionText("second"))],
    "an extension that extends another model": [put(extensionText("first", { extended: start }))],
    "an extension that is deleted": [remove("added")],
    "an extension that the context looked for in vain": [
      putContext({ extensions: ["added", "missing"] }),
      put(extensionText("found", { name: "missing" })),
    ],
  },
};

describe("a write to something that a mapper is compiled from", () => {
  for (const [input, cases] of Object.entries(writes)) {
    for (const [what, steps] of Object.entries(cases)) {
      it(`makes the mapper stale: ${input}, ${what}`, async () => {
        const store = await storedSet();
        const mappers = mappersOf(store);
        for (const [at, write] of steps.entries()) {
          const before = await answerOf(mappers);
          mappers.apply(await write(store));
          const after = await answerOf(mappers);
          expect(after, `write ${at}`).toEqual(await answerOf(mappersOf(store)));
          if (at === steps.length - 1) expect(after).not.toEqual(before);
        }
      });
    }
  }

  it("or to anything else, in any order, leaves the answers that a node gives which starts now", async () => {
    const all: readonly Write[] = [
      ...Object.values(writes).flatMap((cases) => Object.values(cases).flat()),
      put(files.pulse),
      put(files.start),
      put(extensionText("first")),
      putContext({}),
      (store) => store.putTemplate(tenant, "vital_signs", files.template),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 6 }), async (sequence) => {
        const store = await storedSet();
        const mappers = mappersOf(store);
        await answerOf(mappers);
        for (const write of sequence) {
          // What was deleted before cannot be deleted again.
          mappers.apply(await write(store).catch(() => []));
          expect(await answerOf(mappers)).toEqual(await answerOf(mappersOf(store)));
        }
      }),
      { numRuns: 10 },
    );
  });
});
