import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const projectRoot = join(import.meta.dirname, "..", "..", "..");
const compiledFolder = join(projectRoot, "node_modules", ".cache", "causeway-cluster-tests");
const longestKeptMilliseconds = 24 * 60 * 60 * 1000;

/**
 * The path of the server's main file, compiled from the sources as they are now: a process starts in half the time that it
 * takes with a loader. Compiled once for each state of the sources; test files that run at the same time share the result.
 */
export function compiledServer(): string {
  const sources = join(projectRoot, "src");
  const hash = createHash("sha256");
  for (const file of readdirSync(sources, { recursive: true, encoding: "utf8" }).sort()) {
    if (file.endsWith(".ts")) hash.update(`${file}\0`).update(readFileSync(join(sources, file)));
  }
  const folder = join(compiledFolder, hash.digest("hex").slice(0, 16));
  if (!existsSync(folder)) compileInto(folder);
  return join(folder, "src", "main.js");
}

function compileInto(folder: string): void {
  mkdirSync(compiledFolder, { recursive: true });
  removeOld();
  const unfinished = `${folder}.${process.pid}`;
  const compiler = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  // Types are checked elsewhere (npm run typecheck).
  const quickly = ["--noCheck", "--declaration", "false", "--incremental", "false", "--sourceMap", "false"];
  const options = ["-p", join(projectRoot, "tsconfig.build.json"), "--outDir", unfinished, ...quickly];
  execFileSync(process.execPath, [compiler, ...options], { stdio: ["ignore", "inherit", "inherit"] });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another test file was quicker.
    if (!existsSync(folder)) throw error;
  }
}

function removeOld(): void {
  for (const name of readdirSync(compiledFolder)) {
    const folder = join(compiledFolder, name);
    if (Date.now() - statSync(folder).mtimeMs > longestKeptMilliseconds)
      rmSync(folder, { recursive: true, force: true });
  }
}
