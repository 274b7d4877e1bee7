// Writes the table of environment variables into docs/operations.md, between its two markers (`npm run docs:config`).
// With --check nothing is written; exit code 1 says that the page is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { configTable } from "../src/config.js";

export const START_MARKER = "<!-- config-table:start (written by npm run docs:config) -->";
export const END_MARKER = "<!-- config-table:end -->";

/** The page with the table as it is now; undefined when the page does not have the markers in order. */
export function withConfigTable(page: string): string | undefined {
  const start = page.indexOf(START_MARKER);
  const end = page.indexOf(END_MARKER, start);
  if (start === -1 || end === -1) return undefined;
  return `${page.slice(0, start + START_MARKER.length)}\n\n${configTable()}\n\n${page.slice(end)}`;
}

/** Brings the page up to date, or with `check` only looks; gives the exit code. */
export function writeConfigTable(path: string, check: boolean): 0 | 1 {
  let page: string;
  try {
    page = readFileSync(path, "utf8");
  } catch {
    console.error(`${path} is missing; it must hold the lines ${START_MARKER} and ${END_MARKER}.`);
    return 1;
  }
  const wanted = withConfigTable(page);
  if (wanted === undefined) {
    console.error(`${path} must hold the lines ${START_MARKER} and ${END_MARKER}, in this order.`);
    return 1;
  }
  if (wanted === page) return 0;
  if (check) {
    console.error(`${path} is out of date; run npm run docs:config.`);
    return 1;
  }
  writeFileSync(path, wanted);
  console.log(`${path} is up to date.`);
  return 0;
}

const script = fileURLToPath(import.meta.url);
if (process.argv[1] === script) {
  const page = join(dirname(dirname(script)), "docs", "operations.md");
  process.exitCode = writeConfigTable(relative(process.cwd(), page), process.argv.includes("--check"));
}
