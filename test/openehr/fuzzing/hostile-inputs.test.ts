import { describe, expect, it } from "vitest";
import type { RandomSource } from "../../../src/openehr/example/random-source.js";
import {
  type CompositionFormat,
  compositionFormats,
  exampleComposition,
  Problem,
  parseExactJson,
  parseOperationalTemplate,
  type RmObject,
  readCompositionIn,
  type Template,
  validateComposition,
  validateDocument,
  webTemplateJson,
  webTemplateOf,
  writeCanonicalJson,
  writeCompositionIn,
  writeJson,
} from "../../../src/openehr/index.js";
import { corpusTemplate, hasCorpus, readCorpusTemplate } from "../template/corpus.js";
import { measuredInputs } from "./measured-inputs.js";
import { mutatedFlat, mutatedJson, mutatedText, mutatedXml } from "./mutations.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const timeout = isLong ? 900_000 : 60_000;
/** Inputs of each kind; 100 000 in the long suite. */
const INPUTS = isLong
  ? { template: 10_000, canonical: 25_000, xml: 20_000, flat: 35_000, structured: 10_000 }
  : { template: 100, canonical: 250, xml: 200, flat: 350, structured: 100 };
/** The same inputs in every run but the long one, whose seed is the day's. */
const SEED = isLong ? Number(process.env.CAUSEWAY_TEST_SEED ?? Math.floor(Date.now() / 86_400_000)) : 1;
const settings = { now: () => "2026-11-21T10:30:00" };

const TEMPLATES = [
  "Test_all_types.opt",
  "test-ism.vitagroup.de.v1.opt",
  "ehrbase_multi_occurrence.de.opt",
  "minimal_instruction.opt",
  "Befund_der_Blutgasanalyse.opt",
];
const SMALL_TEMPLATES = [
  "minimal_action3.opt",
  "minimal_instruction.opt",
  "nested.en.v1.opt",
  "unsupported_data_type_dv_scale.opt",
  "Test_quantity_dv_interval_dv_date_time_open_constraint.v0.opt",
  "section_cardinality.opt",
];

const templates = (hasCorpus ? TEMPLATES : []).map((file) => corpusTemplate(file));
const sources = (hasCorpus ? SMALL_TEMPLATES : []).map(readCorpusTemplate);

function randomTemplate(random: RandomSource): Template {
  return random.pick(templates) as Template;
}

/** A composition of the template in a format, which a mutation then spoils. */
function exampleIn(format: CompositionFormat, template: Template, random: RandomSource): string {
  const extent = random.chance(0.1) ? "maximal" : "random";
  const example = exampleComposition(template, { ...settings, extent, seed: random.integer(0, 40) });
  return writeCompositionIn(format, example, template);
}

/** Runs something on an input that may be anything; only a Problem, or for JSON a SyntaxError, may stop it. */
function orRefused<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Everything that can be done with a document of a format; each may refuse it, none may fail. */
function useDocument(format: CompositionFormat, source: unknown, template: Template): boolean {
  orRefused(() => validateDocument(format, source, template, settings));
  const composition = orRefused(() => readCompositionIn(format, source, template, settings));
  if (composition === undefined) return false;
  validateComposition(composition, template);
  for (const other of compositionFormats) comesBack(other, composition, template);
  return true;
}

/** As canonical JSON; XML does not tell blanks around codes and units from layout. */
function comparable(composition: RmObject): unknown {
  const trimmed = (_name: string, value: unknown): unknown => (typeof value === "string" ? value.trim() : value);
  return JSON.parse(writeJson(writeCanonicalJson(composition)), trimmed);
}

/** What is written in a format is read again, and means the same. */
function comesBack(format: CompositionFormat, composition: RmObject, template: Template): void {
  const leftOut: string[] = [];
  const written = orRefused(() => writeCompositionIn(format, composition, template, (path) => leftOut.push(path)));
  if (written === undefined) return;
  const source: unknown = format === "xml" ? written : parseExactJson(written);
  // FLAT is read strictly, and a composition may hold codes and texts that it refuses.
  const again =
    format === "flat" || format === "structured"
      ? orRefused(() => readCompositionIn(format, source, template, settings))
      : readCompositionIn(format, source, template, settings);
  if (again !== undefined && (format === "xml" || format === "canonical")) {
    expect(comparable(again)).toEqual(comparable(composition));
  }
}

describe.skipIf(!hasCorpus)(
  "inputs of any kind are read or refused, in bounded memory (needs the shared corpus)",
  { timeout },
  () => {
    it("templates in mutated XML", () => {
      const used = measuredInputs("template", INPUTS.template, SEED, (random) => {
        const template = orRefused(() => parseOperationalTemplate(mutatedXml(random.pick(sources) ?? "", random)));
        if (template === undefined) return false;
        orRefused(() => webTemplateJson(webTemplateOf(template)));
        const example = orRefused(() => exampleComposition(template, { ...settings, extent: "maximal" }));
        if (example === undefined) return true;
        // What a damaged template demands may be nothing that the reference model allows; then it need not come back.
        const isPossible = validateComposition(example, template).every(({ rule }) => !rule.startsWith("rm-"));
        for (const format of compositionFormats) {
          if (isPossible) comesBack(format, example, template);
          else orRefused(() => writeCompositionIn(format, example, template));
        }
        return true;
      });
      expect(used).toBeGreaterThan(INPUTS.template / 10);
    });

    it("compositions in mutated canonical JSON", () => {
      const used = measuredInputs("canonical", INPUTS.canonical, SEED, (random) => {
        const template = randomTemplate(random);
        const text = exampleIn("canonical", template, random);
        if (random.chance(0.2)) {
          const source = orRefused(() => parseExactJson(mutatedText(text, random)));
          return source !== undefined && useDocument("canonical", source, template);
        }
        return useDocument("canonical", mutatedJson(JSON.parse(text), random), template);
      });
      expect(used).toBeGreaterThan(INPUTS.canonical / 10);
    });

    it("compositions in mutated canonical XML", () => {
      const used = measuredInputs("xml", INPUTS.xml, SEED, (random) => {
        const template = randomTemplate(random);
        return useDocument("xml", mutatedXml(exampleIn("xml", template, random), random), template);
      });
      expect(used).toBeGreaterThan(INPUTS.xml / 10);
    });

    it("compositions in FLAT with mutated keys", () => {
      const used = measuredInputs("flat", INPUTS.flat, SEED, (random) => {
        const template = randomTemplate(random);
        const flat = JSON.parse(exampleIn("flat", template, random)) as object;
        return useDocument("flat", mutatedFlat(flat, random), template);
      });
      expect(used).toBeGreaterThan(INPUTS.flat / 20);
    });

    it("compositions in mutated STRUCTURED", () => {
      const used = measuredInputs("structured", INPUTS.structured, SEED, (random) => {
        const template = randomTemplate(random);
        const structured: unknown = JSON.parse(exampleIn("structured", template, random));
        return useDocument("structured", mutatedJson(structured, random), template);
      });
      expect(used).toBeGreaterThan(INPUTS.structured / 50);
    });

    it("no input has left anything on the prototypes that everything shares", () => {
      const inherited = Object.getOwnPropertyNames(Object.prototype).filter((name) =>
        Object.keys(Object.prototype).includes(name),
      );
      expect(inherited).toEqual([]);
      expect(({} as Record<string, unknown>)._type).toBeUndefined();
      expect(writeJson({})).toBe("{}");
    });
  },
);
