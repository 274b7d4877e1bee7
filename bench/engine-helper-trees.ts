// What the pre-built skeletons of a template are worth: prints the time of a run FHIR -> openEHR, and of its completion
// alone, with skeletons that all runs share and with skeletons built for each run, and the ratios.
//
//   npx tsx bench/engine-helper-trees.ts
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileMapper, type Mapper } from "../src/engine/mapper.js";
import type { JsonObject } from "../src/fhir/json.js";
import { readMapping } from "../src/fhirconnect/syntax/read-mapping.js";
import type { ContextMapping, MappingFile } from "../src/fhirconnect/syntax/tree.js";
import { completeComposition } from "../src/openehr/building/complete-composition.js";
import type { CompositionDraft } from "../src/openehr/building/composition-draft.js";
import { draftFromComposition } from "../src/openehr/building/draft-from-composition.js";
import { buildSkeleton, type SkeletonSource, skeletonsOf } from "../src/openehr/building/skeleton.js";
import { readCanonicalJson } from "../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../src/openehr/formats/canonical-json-writer.js";
import type { Template } from "../src/openehr/template/template.js";
import { readTemplateText } from "../src/store/template-text.js";

interface Example {
  readonly name: string;
  readonly template: string;
  readonly context: string;
  readonly mappings: readonly string[];
  readonly input: string;
}

/** The parts of the corpus' manifest that are used here. */
interface Manifest {
  readonly cases: readonly {
    readonly id: string;
    readonly direction: string;
    readonly template: string | null;
    readonly context: string | null;
    readonly input: string;
  }[];
  readonly mappingSets: readonly {
    readonly context: string;
    readonly archetypes: readonly { readonly file: string | null }[];
    readonly extensions: readonly { readonly file: string | null }[];
  }[];
}

const root = join(import.meta.dirname, "..");
const corpus = join(root, "..", "shared", "conformance");
/** Cases of the corpus: from a few values to a laboratory report. */
const corpusCases = [
  "growth_chart.toopenehr.bundle-rm",
  "kds.diagnose.toopenehr.KDS_Diagnose_Composition_bundle",
  "kds.laborbericht.toopenehr.patient-1-labreport-1",
  "kds.person.toopenehr.patient-1",
];
const rounds = 41;
const runsPerRound = 40;

const mapperSettings = { timeZone: "UTC", now: () => new Date(0) };
const compositionSettings = { now: () => "1970-01-01T00:00:00", territory: "DE" };

function shippedExample(): Example {
  const folder = join(root, "mappings", "vital_signs");
  const models = ["encounter", "blood_pressure", "body_temperature", "pulse", "body_weight"];
  return {
    name: "vital signs (shipped)",
    template: join(root, "templates", "vital_signs.opt"),
    context: join(folder, "vital_signs.context.yml"),
    mappings: models.map((model) => join(folder, `${model}.model.yml`)),
    input: join(root, "test", "examples", "vital-signs", "bundle.json"),
  };
}

function corpusExamples(): readonly Example[] {
  if (!existsSync(corpus)) return [];
  const { cases, mappingSets } = JSON.parse(readFileSync(join(corpus, "manifest.json"), "utf8")) as Manifest;
  return corpusCases.flatMap((id) => {
    const found = cases.find((one) => one.id === id);
    const set = mappingSets.find(({ context }) => context === found?.context);
    if (found === undefined || set === undefined || found.template === null) return [];
    const files = [...set.archetypes, ...set.extensions].flatMap(({ file }) => (file === null ? [] : [file]));
    return {
      name: id,
      template: join(corpus, found.template),
      context: join(corpus, set.context),
      mappings: files.map((file) => join(corpus, file)),
      input: join(corpus, found.input),
    };
  });
}

function mappingFrom(path: string): MappingFile {
  const { mapping } = readMapping(readFileSync(path, "utf8"), { file: path });
  if (mapping === undefined) throw new Error(`${path} cannot be read`);
  return mapping;
}

function compile(example: Example, template: Template): Mapper {
  const mappings = example.mappings.map(mappingFrom).filter((mapping) => mapping.type !== "context");
  return compileMapper({ template, context: mappingFrom(example.context) as ContextMapping, mappings });
}

/** Microseconds of one call, the median over the rounds; the variants take turns, so that all have the same weather. */
function measure(variants: readonly (() => unknown)[]): readonly number[] {
  const times = variants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, run] of variants.entries()) {
      const begun = performance.now();
      for (let count = 0; count < runsPerRound; count++) run();
      times[at]?.push(((performance.now() - begun) * 1000) / runsPerRound);
    }
  }
  return times.map((each) => each.sort((one, other) => one - other)[rounds >> 1] ?? Number.NaN);
}

function bench(example: Example): void {
  const template = readTemplateText(readFileSync(example.template, "utf8"));
  const mapper = compile(example, template);
  const input = JSON.parse(readFileSync(example.input, "utf8")) as JsonObject;
  const composition = readCanonicalJson(mapper.toOpenEhr(input, mapperSettings).composition());
  const draft: CompositionDraft = draftFromComposition(composition, template);
  const shared = skeletonsOf(template);
  const built: SkeletonSource = { of: (node) => buildSkeleton(node, template) };
  const complete = (skeletons: SkeletonSource) => completeComposition(draft, compositionSettings, skeletons);
  const run = (skeletons: SkeletonSource) => {
    mapper.toOpenEhr(input, mapperSettings);
    return JSON.stringify(writeCanonicalJson(complete(skeletons)));
  };
  const [runWith = 0, runWithout = 0, completeWith = 0, completeWithout = 0] = measure([
    () => run(shared),
    () => run(built),
    () => complete(shared),
    () => complete(built),
  ]);
  console.log(
    [
      example.name.padEnd(56),
      `run ${runWith.toFixed(0)} us with, ${runWithout.toFixed(0)} us without: x ${(runWithout / runWith).toFixed(2)}`,
      `completion ${completeWith.toFixed(0)} with, ${completeWithout.toFixed(0)} without: x ${(completeWithout / completeWith).toFixed(2)}`,
    ].join("  "),
  );
}

for (const example of [shippedExample(), ...corpusExamples()]) bench(example);
