/**
 * How late the event loop is while templates are uploaded, read, published and shown by examples, and while their mapping
 * files are uploaded, read, answered and compiled, each in milliseconds: 99th percentile and worst moment of samples taken
 * every millisecond, against the same work done in place. "first" is before anything was done in this process.
 * Run with `npx tsx bench/event-loop.ts`; needs the shared folder beside the checkout, and a quiet machine.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compileMapper, compileMapperPiecewise, type MapperSource } from "../src/engine/mapper.js";
import { inSlices } from "../src/event-loop/slices.js";
import { type MappingReading, readMapping } from "../src/fhirconnect/syntax/read-mapping.js";
import type { Template } from "../src/openehr/template/template.js";
import { webTemplateOf } from "../src/openehr/template/web-template.js";
import { webTemplateJson } from "../src/openehr/template/web-template-json.js";
import { documentsAside } from "../src/store/reading-worker/documents-aside.js";
import {
  findMissingModelsAside,
  readMappingAside,
  takeMappingAside,
} from "../src/store/reading-worker/read-mapping-aside.js";
import { exampleAside, readTemplateAside, webTemplateAside } from "../src/store/reading-worker/read-template-aside.js";
import { takeTemplateAside } from "../src/store/take-template-aside.js";
import { readTemplateText } from "../src/store/template-text.js";

const corpus = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "shared", "conformance", "openfhir");
const files = ["ips/template.opt", "growth_chart/template.opt"];

async function measure(name: string, work: () => unknown, first = false): Promise<void> {
  if (!first) await work();
  const rounds = first ? 1 : 5;
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await wait(20);
  const begin = performance.now();
  for (let round = 0; round < rounds; round++) {
    await work();
    await wait(2);
  }
  const took = (performance.now() - begin) / rounds;
  monitor.disable();
  const late = [monitor.percentile(99), monitor.max].map((nanoseconds) => (nanoseconds / 1e6).toFixed(1));
  console.log(`  ${name}: ${took.toFixed(0)} ms, event loop late p99 ${late[0]} ms, at most ${late[1]} ms`);
}

/** The mapping files of the context of a template, and everything that is done with them. */
async function measureMappings(folder: string, template: Template): Promise<void> {
  const names = readdirSync(join(corpus, folder), { recursive: true, encoding: "utf8" });
  const texts = names
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({ id: name, name, content: readFileSync(join(corpus, folder, name), "utf8") }));
  const context = texts.find(({ name }) => name.includes("context"))?.content ?? "";
  const kinds = ["model", "extension", "context"] as const;
  const all = <T>(work: (text: (typeof texts)[number]) => Promise<T>) => Promise.all(texts.map(work));
  const sourceOf = (read: readonly MappingReading[]): MapperSource => {
    const files = read.flatMap(({ mapping }) => mapping ?? []);
    const found = files.find((file) => file.type === "context");
    if (found === undefined) throw new Error(`no context in ${folder}`);
    return { template, context: found, mappings: files.filter((file) => file.type !== "context") };
  };
  console.log(
    `${folder}, ${texts.length} files, ${texts.reduce((sum, { content }) => sum + content.length, 0)} characters`,
  );
  for (const first of [true, false]) {
    const when = first ? "first " : "";
    await measure(`${when}upload`, () => all(({ content }) => takeMappingAside(content, kinds)), first);
    const check = { context, stored: texts, policy: "accept" } as const;
    await measure(`${when}check of the context`, () => findMissingModelsAside(check), first);
    await measure(`${when}list as JSON`, () => documentsAside({ stored: texts, form: "json" }), first);
    let read: readonly MappingReading[] = [];
    await measure(
      `${when}reading`,
      async () => {
        read = await all(({ content, name }) => readMappingAside(content, name));
      },
      first,
    );
    await measure(`${when}compile`, () => inSlices(compileMapperPiecewise(sourceOf(read))), first);
  }
  const inPlace = () => texts.map(({ content, name }) => readMapping(content, { file: name }));
  await measure("reading in place", inPlace);
  const source = sourceOf(inPlace());
  await measure("compile in place", () => compileMapper(source));
}

for (const folder of ["ips", "growth_chart"]) {
  const path = join(corpus, folder, "template.opt");
  if (existsSync(path))
    await measureMappings(join(folder, "mappings"), await readTemplateAside(readFileSync(path, "utf8")));
}

for (const file of files) {
  const path = join(corpus, file);
  if (!existsSync(path)) {
    console.log(`bench/event-loop: ${file} skipped, the shared folder is not beside the checkout`);
    continue;
  }
  const content = readFileSync(path, "utf8");
  const text = { content, file: undefined };
  const example = { format: "canonical", extent: "maximal", now: "2026-11-21T10:30:00", territory: undefined } as const;
  console.log(`${file}, ${content.length} characters`);
  await measure("upload", () => takeTemplateAside(content));
  await measure("read in place", () => readTemplateText(content));
  await measure("read", () => readTemplateAside(content));
  await measure("web template in place", () => webTemplateJson(webTemplateOf(readTemplateText(content))));
  await measure("web template", () => webTemplateAside(text));
  await measure("maximal example", () => exampleAside(text, example));
}
