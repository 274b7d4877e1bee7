/**
 * Time of the engine for each conformance case, as a ratio to `JSON.parse` plus `JSON.stringify` of the same bytes.
 * Run with `npx tsx bench/engine.ts [prefix]`; needs the shared folder beside the checkout. Two ratios are printed:
 *
 * - *run*: from the parsed input to the JSON of the result, as the mapper takes and gives them;
 * - *whole*: from the text of the input to the text of the result, parsing and writing included.
 *
 * All cases are warmed up before the first is measured; then everything is measured by turns, in many short rounds of which the
 * best counts, so that other programs on the machine disturb both sides of a ratio alike. The input is parsed anew for
 * every whole, and nothing is kept from one run to the next.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileMapper, type Mapper } from "../src/engine/mapper.js";
import type { JsonObject, JsonValue } from "../src/fhir/json.js";
import { readMapping } from "../src/fhirconnect/syntax/read-mapping.js";
import { parseOperationalTemplate } from "../src/openehr/template/parse-operational-template.js";

interface Case {
  readonly id: string;
  readonly direction: string;
  readonly template: string | null;
  readonly context: string | null;
  readonly mappings: readonly string[];
  readonly input: string;
  readonly upstream: { readonly status: string };
}

/** A case with what is measured of it, and the best time of each in milliseconds. */
interface Subject {
  readonly id: string;
  readonly group: string;
  readonly work: Readonly<Record<Part, () => unknown>>;
  readonly best: Record<Part, number>;
}

type Part = "json" | "run" | "whole";
const parts = ["json", "run", "whole"] as const;

const corpus = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "shared", "conformance");
const settings = { timeZone: "Europe/Ljubljana", now: () => new Date(0) };
const ROUNDS = 30;
const ROUND_MILLISECONDS = 1.5;
const WARM_UP_MILLISECONDS = 10;

const compiled = new Map<string, { readonly mapper: Mapper; readonly milliseconds: number }>();

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

function mapperOf(one: Case, templateFile: string, contextFile: string): Mapper {
  const key = `${templateFile} ${contextFile}`;
  const known = compiled.get(key);
  if (known !== undefined) return known.mapper;
  const template = parseOperationalTemplate(readFileSync(join(corpus, templateFile), "utf8"));
  const context = readMapping(readFileSync(join(corpus, contextFile), "utf8")).mapping;
  if (context?.type !== "context") throw new Error(`${contextFile} is not a context`);
  const mappings = one.mappings
    .flatMap((folder) => filesBelow(join(corpus, folder)))
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => readMapping(readFileSync(file, "utf8")).mapping)
    .filter((mapping) => mapping !== undefined && mapping.type !== "context");
  const begin = performance.now();
  const mapper = compileMapper({ template, context, mappings });
  compiled.set(key, { mapper, milliseconds: performance.now() - begin });
  return mapper;
}

function subjectOf(one: Case, mapper: Mapper): Subject {
  const text = readFileSync(join(corpus, one.input), "utf8");
  const input = JSON.parse(text) as JsonValue;
  const map = (value: JsonValue): unknown =>
    one.direction === "tofhir"
      ? mapper.toFhir(mapper.readComposition(value, settings), settings)
      : mapper.toOpenEhr(value as JsonObject, settings).composition();
  const output = map(input);
  return {
    id: one.id,
    group: one.id.endsWith(".flat") ? `${one.direction} from FLAT` : one.direction,
    work: {
      json: () => [JSON.parse(text), JSON.stringify(output)],
      run: () => map(input),
      whole: () => JSON.stringify(map(JSON.parse(text) as JsonValue)),
    },
    best: { json: Number.POSITIVE_INFINITY, run: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY },
  };
}

/** Milliseconds of one call, over a time that is long enough for the clock. */
function time(work: () => unknown, atLeast: number): number {
  const begin = performance.now();
  let calls = 0;
  do {
    work();
    calls++;
  } while (performance.now() - begin < atLeast);
  return (performance.now() - begin) / calls;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(name: string, subjects: readonly Subject[]): void {
  const ratio = (part: Part): string => median(subjects.map(({ best }) => best[part] / best.json)).toFixed(2);
  console.log(`${name}: ${subjects.length} cases, median ratio run ${ratio("run")}, whole ${ratio("whole")}`);
}

if (!existsSync(corpus)) {
  console.log("bench/engine: skipped, the shared folder is not beside the checkout");
} else {
  const { cases } = JSON.parse(readFileSync(join(corpus, "manifest.json"), "utf8")) as { cases: readonly Case[] };
  const prefix = process.argv[2] ?? "kds.";
  const subjects: Subject[] = [];
  for (const one of cases) {
    if (!one.id.startsWith(prefix) || one.template === null || one.context === null) continue;
    if (one.upstream.status !== "active" || !["tofhir", "toopenehr"].includes(one.direction)) continue;
    subjects.push(subjectOf(one, mapperOf(one, one.template, one.context)));
  }
  for (const { work } of subjects) for (const part of parts) time(work[part], WARM_UP_MILLISECONDS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { work, best } of subjects) {
      for (const part of parts) best[part] = Math.min(best[part], time(work[part], ROUND_MILLISECONDS));
    }
  }
  for (const { id, best } of subjects) {
    console.log(
      `${id}: parse and write ${best.json.toFixed(3)} ms, run ${best.run.toFixed(3)} ms, ratio ${(best.run / best.json).toFixed(2)}, whole ${(best.whole / best.json).toFixed(2)}`,
    );
  }
  for (const group of new Set(subjects.map((subject) => subject.group))) {
    report(
      group,
      subjects.filter((subject) => subject.group === group),
    );
  }
  report("all", subjects);
  console.log(
    `compile of a context: median ${median([...compiled.values()].map(({ milliseconds }) => milliseconds)).toFixed(1)} ms`,
  );
}
