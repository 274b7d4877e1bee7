/**
 * Time of the engine for each conformance case, as a ratio to `JSON.parse` plus `JSON.stringify` of the same bytes.
 * Run with `npx tsx bench/engine.ts [prefix]`; needs the shared folder beside the checkout. Prints per case the compile of
 * its mapper (once per context) and one run, warm, and the medians over all cases.
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

const corpus = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "shared", "conformance");
const settings = { timeZone: "Europe/Ljubljana", now: () => new Date(0) };
const mappers = new Map<string, { readonly mapper: Mapper; readonly compileMilliseconds: number }>();

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

function mapperOf(
  one: Case,
  templateFile: string,
  contextFile: string,
): { readonly mapper: Mapper; readonly compileMilliseconds: number } {
  const key = `${templateFile} ${contextFile}`;
  const known = mappers.get(key);
  if (known !== undefined) return known;
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
  const made = { mapper, compileMilliseconds: performance.now() - begin };
  mappers.set(key, made);
  return made;
}

/** Milliseconds of one call: the median of several rounds, each long enough for the clock. */
function time(work: () => unknown): number {
  for (let warm = 0; warm < 30; warm++) work();
  const rounds: number[] = [];
  for (let round = 0; round < 7; round++) {
    const begin = performance.now();
    let calls = 0;
    do {
      work();
      calls++;
    } while (performance.now() - begin < 8);
    rounds.push((performance.now() - begin) / calls);
  }
  return median(rounds);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (!existsSync(corpus)) {
  console.log("bench/engine: skipped, the shared folder is not beside the checkout");
} else {
  const { cases } = JSON.parse(readFileSync(join(corpus, "manifest.json"), "utf8")) as { cases: readonly Case[] };
  const prefix = process.argv[2] ?? "kds.";
  const ratios: number[] = [];
  const compiles: number[] = [];
  for (const one of cases) {
    if (!one.id.startsWith(prefix) || one.template === null || one.context === null) continue;
    if (one.upstream.status !== "active" || !["tofhir", "toopenehr"].includes(one.direction)) continue;
    const { mapper, compileMilliseconds } = mapperOf(one, one.template, one.context);
    const text = readFileSync(join(corpus, one.input), "utf8");
    const input = JSON.parse(text) as JsonValue;
    const run = () =>
      one.direction === "tofhir"
        ? mapper.toFhir(mapper.readComposition(input, settings), settings)
        : mapper.toOpenEhr(input as JsonObject, settings).composition();
    const output = run();
    const json = time(() => [JSON.parse(text), JSON.stringify(output)]);
    const mapping = time(run);
    ratios.push(mapping / json);
    compiles.push(compileMilliseconds);
    console.log(
      `${one.id}: run ${mapping.toFixed(3)} ms, parse and write ${json.toFixed(3)} ms, ratio ${(mapping / json).toFixed(2)}`,
    );
  }
  console.log(
    `median ratio of a run to parse and write of the same bytes: ${median(ratios).toFixed(2)} over ${ratios.length} cases`,
  );
  console.log(`median compile: ${median(compiles).toFixed(1)} ms`);
}
