/**
 * How late the event loop is while templates are uploaded, read, published and shown by examples, each in milliseconds:
 * 99th percentile and worst moment of samples taken every millisecond, against the same work done in place.
 * Run with `npx tsx bench/event-loop.ts`; needs the shared folder beside the checkout, and a quiet machine.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { webTemplateOf } from "../src/openehr/template/web-template.js";
import { webTemplateJson } from "../src/openehr/template/web-template-json.js";
import { takeTemplate } from "../src/store/intake.js";
import { exampleAside, readTemplateAside, webTemplateAside } from "../src/store/reading-worker/read-template-aside.js";
import { takeTemplateAside } from "../src/store/take-template-aside.js";
import { readTemplateText } from "../src/store/template-text.js";

const corpus = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "shared", "conformance", "openfhir");
const files = ["ips/template.opt", "growth_chart/template.opt"];

async function measure(name: string, work: () => unknown): Promise<void> {
  await work();
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await wait(20);
  const begin = performance.now();
  for (let round = 0; round < 5; round++) {
    await work();
    await wait(2);
  }
  const took = (performance.now() - begin) / 5;
  monitor.disable();
  const late = [monitor.percentile(99), monitor.max].map((nanoseconds) => (nanoseconds / 1e6).toFixed(1));
  console.log(`  ${name}: ${took.toFixed(0)} ms, event loop late p99 ${late[0]} ms, at most ${late[1]} ms`);
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
  await measure("upload in place", () => takeTemplate(content));
  await measure("upload", () => takeTemplateAside(content));
  await measure("read in place", () => readTemplateText(content));
  await measure("read", () => readTemplateAside(content));
  await measure("web template in place", () => webTemplateJson(webTemplateOf(readTemplateText(content))));
  await measure("web template", () => webTemplateAside(text));
  await measure("maximal example", () => exampleAside(text, example));
}
