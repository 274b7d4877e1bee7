// Runs the conformance cases against a server of this project: npm run conformance -- [--only <id prefix>] [--verbose]
// [--all] [--check] [--update-floor]. CONTRIBUTING.md says when to use which.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answer, refusal, succeeded } from "./assertions.js";
import { type RunOptions, readRunOptions } from "./command-line.js";
import { corpusFolder, hasCorpus } from "./corpus.js";
import { floorBreaches, raisedFloor, readFloor, writeFloor } from "./floor.js";
import { inactiveBreaches, readInactiveCases } from "./inactive-cases.js";
import { type Manifest, readManifest } from "./manifest.js";
import { groupByMappingSet, type MappingSet, selectedMappingFiles, templateIdOf } from "./mapping-set.js";
import { failureText, passTable } from "./report.js";
import { type CaseResult, caseResult, countPasses, resultDocument } from "./results.js";
import { runCase } from "./run-case.js";
import { startCauseway } from "./server.js";
import { ServerApi } from "./server-api.js";

const conformanceFolder = dirname(fileURLToPath(import.meta.url));
const projectRoot = dirname(dirname(conformanceFolder));
const floorFile = join(conformanceFolder, "floor.json");
const inactiveFile = join(conformanceFolder, "inactive-cases.json");
const resultFile = join(projectRoot, ".conformance", "result.json");

async function main(): Promise<number> {
  const options = readRunOptions(process.argv.slice(2));
  // So that a run that breaks off leaves no result of an earlier one behind.
  rmSync(resultFile, { force: true });
  if (!hasCorpus) {
    console.log("conformance: skipped, there is no ../shared/conformance beside the project");
    writeResult({ skipped: true });
    return 0;
  }
  const manifest = readManifest(corpusFolder);
  const results = await runAll(manifest, options);
  if (results.length === 0) {
    console.error(`conformance: no case has an id that begins with "${options.only}"`);
    return 1;
  }
  writeResult(resultDocument(results, { timeZone: manifest.environment.timeZone, commit: manifest.source.commit }));
  return report(results, options);
}

async function runAll(manifest: Manifest, options: RunOptions): Promise<CaseResult[]> {
  const cases = manifest.cases.filter(
    ({ id, upstream }) => id.startsWith(options.only) && (runsInactive(options) || upstream.status === "active"),
  );
  if (cases.length === 0) return [];
  const starting = startCauseway(manifest.environment.timeZone);
  // Also while it starts: a server that is left alone would keep its database running.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      const stopping = starting.then((server) => server.stop());
      stopping.then(
        () => process.exit(1),
        () => process.exit(1),
      );
    });
  }
  const server = await starting;
  try {
    const api = new ServerApi(server.baseUrl);
    const results: CaseResult[] = [];
    for (const set of groupByMappingSet(cases)) results.push(...(await runSet(manifest, set, api, options)));
    if (options.verbose) console.log(`\n${server.output()}`);
    return results;
  } finally {
    await server.stop();
  }
}

/** Raising or checking the floor needs those that the reference does not run as well. */
function runsInactive({ all, check, updateFloor }: RunOptions): boolean {
  return all || check || updateFloor;
}

async function runSet(manifest: Manifest, set: MappingSet, api: ServerApi, options: RunOptions): Promise<CaseResult[]> {
  const uploadFailure = await upload(manifest, set, api);
  const [context] = set.contexts;
  const templateId = set.contexts.length === 1 && context !== undefined ? templateIdOf(manifest, context) : undefined;
  const results: CaseResult[] = [];
  for (const conformanceCase of set.cases) {
    const difference = uploadFailure ?? (await runCase(conformanceCase, { api, corpusFolder, templateId }));
    results.push(caseResult(conformanceCase, difference));
    if (options.verbose) console.log(`${difference === undefined ? "passed" : "FAILED"} ${conformanceCase.id}`);
  }
  return results;
}

/** Puts exactly the set's files into the server. Gives the first refusal in words, or undefined. */
async function upload(manifest: Manifest, set: MappingSet, api: ServerApi): Promise<string | undefined> {
  const text = (file: string) => readFileSync(join(corpusFolder, file), "utf8");
  try {
    const purged = await api.purge();
    if (!succeeded(purged)) return `purge before the upload: ${refusal(purged)}`;
    const uploads: readonly [files: readonly string[], send: (content: string) => Promise<Answer>][] = [
      [set.templates, (xml) => api.uploadTemplate(xml)],
      [selectedMappingFiles(manifest, set.contexts), (yaml) => api.uploadModel(yaml)],
      [set.contexts, (yaml) => api.uploadContext(yaml)],
    ];
    for (const [files, send] of uploads) {
      for (const file of files) {
        const answer = await send(text(file));
        if (!succeeded(answer)) return `upload of ${file}: ${refusal(answer)}`;
      }
    }
    return undefined;
  } catch (error) {
    return `upload: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function report(results: readonly CaseResult[], options: RunOptions): number {
  const explained = readInactiveCases(inactiveFile);
  for (const result of results)
    if (result.difference !== undefined) console.log(`${failureText(result, explained.get(result.id))}\n`);
  console.log(passTable(results));
  const { passed, total } = countPasses(results);
  const active = countPasses(results.filter((result) => result.active));
  console.log(`\nconformance: ${passed} of ${total} cases pass, ${active.passed} of ${active.total} active ones`);
  const floor = readFloor(floorFile);
  if (options.updateFloor) {
    const raised = raisedFloor(floor, results);
    writeFloor(floorFile, raised);
    console.log(`floor: ${raised.length - floor.length} ids added, ${raised.length} now`);
  }
  if (!options.check) return 0;
  const breaches = floorBreaches(floor, results, options.only);
  for (const { id, reason } of breaches) console.error(`BELOW THE FLOOR ${id}\n  ${reason}`);
  const guarded = floor.filter((id) => id.startsWith(options.only)).length;
  console.log(`floor: ${guarded - breaches.length} of ${guarded} hold`);
  const unexplained = inactiveBreaches(explained, floor, results, options.only);
  for (const { id, reason } of unexplained) console.error(`INACTIVE CASE ${id}\n  ${reason}`);
  return breaches.length + unexplained.length === 0 ? 0 : 1;
}

function writeResult(result: unknown): void {
  mkdirSync(dirname(resultFile), { recursive: true });
  writeFileSync(resultFile, `${JSON.stringify(result, undefined, 2)}\n`);
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
