/**
 * What the openEHR library costs per template: parsing, the web template, FLAT to composition and back, with the sizes of all
 * of them. Run with `npx tsx bench/openehr.ts [part of a name]`; needs the shared folder beside the checkout. The composition
 * is the maximal example of the template. Times are medians in milliseconds, warm; the web template is made for templates
 * that were parsed just before, since it is kept otherwise.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  completeComposition,
  compositionToFlat,
  exampleComposition,
  Problem,
  parseExactJson,
  parseOperationalTemplate,
  readFlat,
  type TemplateNode,
  validateComposition,
  webTemplateJson,
  webTemplateOf,
  writeCanonicalJson,
  writeJson,
} from "../src/openehr/index.js";

const shared = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "shared");
const settings = { now: () => "2026-11-21T10:30:00" };
const ROUNDS = 7;
/** Templates whose web template nobody has asked for yet. */
const FRESH = 4;
const LONGEST_MILLISECONDS = 1_500;

/** Median of several calls; fewer of them when one takes long. */
function time(work: () => unknown, calls = ROUNDS + 1): number {
  const times: number[] = [];
  const begin = performance.now();
  work();
  do {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  } while (times.length < calls - 1 && performance.now() - begin < LONGEST_MILLISECONDS);
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

function templates(): readonly string[] {
  const corpus = join(shared, "corpus/openehr-sdk/opt");
  const conformance = join(shared, "conformance/openfhir");
  const files = existsSync(corpus) ? readdirSync(corpus).map((name) => join(corpus, name)) : [];
  const largest = join(conformance, "ips/template.opt");
  return existsSync(largest) ? [...files, largest] : files;
}

function countNodes(node: TemplateNode): number {
  return node.children.reduce((sum, child) => sum + countNodes(child), 1);
}

const columns = [
  ["OPT kB", 8],
  ["nodes", 7],
  ["parse", 8],
  ["web", 8],
  ["web kB", 8],
  ["flat keys", 10],
  ["flat kB", 8],
  ["flat->RM", 9],
  ["RM->flat", 9],
  ["RM kB", 7],
  ["validate", 9],
] as const;

function row(name: string, cells: readonly string[]): string {
  return name.slice(0, 44).padEnd(45) + columns.map(([, width], at) => (cells[at] ?? "").padStart(width)).join("");
}

function measured(content: string): readonly string[] {
  const parse = time(() => parseOperationalTemplate(content));
  const template = parseOperationalTemplate(content);
  const unpublished = Array.from({ length: FRESH }, () => parseOperationalTemplate(content));
  const publish = time(() => webTemplateJson(webTemplateOf(unpublished.pop() ?? template)), FRESH);
  const example = exampleComposition(template, { ...settings, extent: "maximal" });
  const flat = writeJson(compositionToFlat(example, template));
  const document = parseExactJson(flat) as object;
  const canonical = writeJson(writeCanonicalJson(example));
  const kilobytes = (text: string) => (Buffer.byteLength(text) / 1024).toFixed(0);
  return [
    kilobytes(content),
    String(countNodes(template.root)),
    parse.toFixed(1),
    publish.toFixed(1),
    kilobytes(webTemplateJson(webTemplateOf(template))),
    String(Object.keys(document).length),
    kilobytes(flat),
    time(() => completeComposition(readFlat(document, template, settings), settings)).toFixed(2),
    time(() => compositionToFlat(example, template)).toFixed(2),
    kilobytes(canonical),
    time(() => validateComposition(example, template)).toFixed(2),
  ];
}

const wanted = process.argv[2] ?? "";
const files = templates().filter((file) => file.includes(wanted));
if (files.length === 0) console.log("bench/openehr: skipped, no templates beside the checkout");
else {
  console.log(
    row(
      "template",
      columns.map(([name]) => name),
    ),
  );
  for (const file of files) {
    const name = basename(file) === "template.opt" ? basename(dirname(file)) : basename(file);
    try {
      console.log(row(name, measured(readFileSync(file, "utf8"))));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      console.log(row(name, [`refused: ${error.code}`]));
    }
  }
}
