// Checks who may import whom in src/: the table is architecture.json, the reasons are in CONTRIBUTING.md.
// Also refuses code made of text: `eval` is the linter's, `new Function` and `Function(...)` it does not know.
// Exits 1 and names file, line and rule for every arrow that points the wrong way.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const projectRoot = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));
const sourceRoot = join(projectRoot, "src");
const { rooms } = JSON.parse(readFileSync(join(projectRoot, "scripts", "architecture.json"), "utf8"));
const codeFromTextPattern = /(?<![\w.$])(?:new\s+|globalThis\s*\.\s*)?Function\s*\(/g;
const importPattern = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Room of a file below src/; "." for the files that stand directly in it. */
function roomOf(path) {
  const parts = relative(sourceRoot, path).split(sep);
  return parts.length === 1 ? "." : parts[0];
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.(ts|mts|js)$/.test(entry.name)) yield path;
  }
}

const faults = [];
for (const file of sourceFiles(sourceRoot)) {
  const room = roomOf(file);
  const allowed = room === "." ? undefined : rooms[room];
  if (room !== "." && allowed === undefined) {
    faults.push(`${relative(projectRoot, file)}: the room "${room}" is not in scripts/architecture.json`);
    continue;
  }
  const text = readFileSync(file, "utf8");
  for (const match of text.matchAll(codeFromTextPattern)) {
    const line = text.slice(0, match.index).split("\n").length;
    faults.push(`${relative(projectRoot, file)}:${line}: no code is made of text; closures can do what is needed`);
  }
  for (const match of text.matchAll(importPattern)) {
    const target = resolve(dirname(file), match[1]);
    if (!target.startsWith(sourceRoot + sep)) continue;
    const targetRoom = roomOf(target);
    if (targetRoom === room || allowed === undefined || allowed.includes(targetRoom)) continue;
    const line = text.slice(0, match.index).split("\n").length;
    faults.push(
      `${relative(projectRoot, file)}:${line}: ${room} must not import ${targetRoom === "." ? "src/ itself" : targetRoom}`,
    );
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log("architecture: every import points down");
