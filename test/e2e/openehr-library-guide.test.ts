import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const guide = readFileSync(join(project, "docs/guide/openehr-library.md"), "utf8");

/** All blocks of a language, in order. */
function blocks(language: string): readonly string[] {
  const parts = guide.split(`\n\`\`\`${language}\n`).slice(1);
  return parts.map((part) => part.slice(0, part.indexOf("\n```")));
}

describe("the guide to the openEHR library", () => {
  it("prints below each piece of its code", async () => {
    const code = blocks("ts");
    const outputs = blocks("text");
    expect(code.length).toBeGreaterThan(5);
    expect(outputs).toHaveLength(code.length);

    const folder = mkdtempSync(join(tmpdir(), "causeway-guide-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const library = pathToFileURL(join(project, "src/openehr/index.ts")).href;
    const separator = "-".repeat(40);
    const program = code
      .join(`\nconsole.log("${separator}");\n`)
      .replace('"causeway/openehr"', JSON.stringify(library));
    writeFileSync(join(folder, "guide.mts"), program);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", import.meta.resolve?.("tsx") ?? "tsx", join(folder, "guide.mts")],
      { cwd: project, env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" } },
    );
    expect(stdout.split(`${separator}\n`).map((output) => output.trimEnd())).toEqual(outputs);
  });
});
