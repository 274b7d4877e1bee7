// Compiles src/ into dist/ when dist/ is missing or older than a source file, so that `npm start` works right after
// `npm ci` and costs nothing the second time.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const stamp = join(projectRoot, "dist", ".tsbuildinfo");
const sources = ["src", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
const newestSource = Math.max(...sources.map((name) => newest(join(projectRoot, name))));
const fresh = existsSync(stamp) && statSync(stamp).mtimeMs >= newestSource;

if (!fresh && existsSync(join(projectRoot, "src"))) {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const result = spawnSync(process.execPath, [compiler, "-p", join(projectRoot, "tsconfig.build.json")], {
    stdio: "inherit",
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
