/**
 * What it costs to keep the digits of numbers: `parseExactJson` plus `writeJson` as a ratio to `JSON.parse` plus
 * `JSON.stringify` of the same bytes, on the inputs of the conformance cases. Run with `npx tsx bench/numbers.ts [prefix]`;
 * needs the shared folder beside the checkout. Each time is the best of several rounds, both sides measured by turns.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { numbersWithDigits } from "../src/openehr/json/number-literals.js";
import { parseExactJson } from "../src/openehr/json/read-json.js";
import { writeJson } from "../src/openehr/json/write-json.js";

interface Case {
  readonly id: string;
  readonly template: string | null;
  readonly input: string;
}

interface Measured {
  readonly id: string;
  readonly characters: number;
  readonly numbers: number;
  readonly plain: number;
  readonly exact: number;
}

const corpus = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "shared", "conformance");
const ROUNDS = 8;
const ROUND_MILLISECONDS = 2;

/** Microseconds of one call, in one round. */
function round(work: () => unknown): number {
  const begin = performance.now();
  let calls = 0;
  do {
    work();
    calls++;
  } while (performance.now() - begin < ROUND_MILLISECONDS);
  return ((performance.now() - begin) / calls) * 1000;
}

function measure(id: string, text: string): Measured {
  const plainDocument: unknown = JSON.parse(text);
  const exactDocument = parseExactJson(text);
  let plain = Number.POSITIVE_INFINITY;
  let exact = Number.POSITIVE_INFINITY;
  for (let at = 0; at < ROUNDS; at++) {
    plain = Math.min(
      plain,
      round(() => [JSON.parse(text), JSON.stringify(plainDocument)]),
    );
    exact = Math.min(
      exact,
      round(() => [parseExactJson(text), writeJson(exactDocument)]),
    );
  }
  return { id, characters: text.length, numbers: numbersWithDigits(text).length, plain, exact };
}

function sum(all: readonly Measured[], what: (one: Measured) => number): number {
  return all.reduce((total, one) => total + what(one), 0);
}

function report(name: string, all: readonly Measured[]): void {
  if (all.length === 0) return;
  const ratios = all.map(({ plain, exact }) => exact / plain).sort((one, other) => one - other);
  const median = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN;
  const total = sum(all, ({ exact }) => exact) / sum(all, ({ plain }) => plain);
  console.log(
    `${name}: ${all.length} inputs, ${sum(all, ({ characters }) => characters)} characters, ` +
      `ratio over all ${total.toFixed(3)}, median ${median.toFixed(3)}`,
  );
}

if (!existsSync(corpus)) {
  console.log("bench/numbers: skipped, the shared folder is not beside the checkout");
} else {
  const { cases } = JSON.parse(readFileSync(join(corpus, "manifest.json"), "utf8")) as { cases: readonly Case[] };
  const prefix = process.argv[2] ?? "kds.";
  const inputs = new Map<string, string>();
  for (const { id, input, template } of cases) {
    if (id.startsWith(prefix) && template !== null && input.endsWith(".json")) inputs.set(input, id);
  }
  const measured = [...inputs].map(([input, id]) => measure(id, readFileSync(join(corpus, input), "utf8")));
  report("all", measured);
  report(
    "without a number to keep",
    measured.filter(({ numbers }) => numbers === 0),
  );
  report(
    "with numbers to keep",
    measured.filter(({ numbers }) => numbers > 0),
  );
}
