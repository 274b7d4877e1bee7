import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const script = join(import.meta.dirname, "..", "..", "scripts", "check-architecture.mjs");

/** What the check says of a project with one source file. */
function check(text: string) {
  const project = mkdtempSync(join(tmpdir(), "code-from-text-"));
  onTestFinished(() => rmSync(project, { recursive: true }));
  for (const folder of ["scripts", "src/engine"]) mkdirSync(join(project, folder), { recursive: true });
  writeFileSync(join(project, "scripts", "architecture.json"), JSON.stringify({ rooms: { engine: [] } }));
  writeFileSync(join(project, "src", "engine", "one.ts"), text);
  const { status, stderr } = spawnSync(process.execPath, [script, project], { encoding: "utf8" });
  return { status, stderr };
}

describe("the check of the sources", () => {
  it.each([
    "new Function('a', 'return a')",
    "Function('return 1')",
    "new  Function (text)",
    "globalThis.Function(text)",
  ])("refuses %s with file and line", (code) => {
    const { status, stderr } = check(`\nexport const made = ${code};\n`);
    expect(status).toBe(1);
    expect(stderr).toContain("src/engine/one.ts:2: no code is made of text");
  });

  it("lets closures and other words pass", () => {
    expect(check("export const isFunction = (one: unknown) => asFunction(one);\n")).toEqual({ status: 0, stderr: "" });
  });
});
