import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "gate-"));
  for (const folder of [".ci", "bin", "test/conformance"]) mkdirSync(join(checkout, folder), { recursive: true });
  copyFileSync(join(projectRoot, ".ci", "run"), join(checkout, ".ci", "run"));
  writeFileSync(join(checkout, "test", "conformance", "floor.json"), '["on.the.floor"]');
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

interface Stages {
  /** Numbers as the JSON report of vitest has them. */
  readonly tests: {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly numPendingTests: number;
  };
  readonly cases: readonly { readonly id: string; readonly status: "passed" | "failed" }[];
  /** Stages whose command fails, by a word of it. */
  readonly failing?: readonly string[];
}

/** Runs the gate in a checkout whose npm only pretends. */
function runGate({ tests, cases, failing = [] }: Stages) {
  const npm = `#!/usr/bin/env bash
    for argument in "$@"; do
      case "$argument" in --outputFile.json=*) echo '${JSON.stringify(tests)}' >"\${argument#*=}" ;; esac
    done
    case "$*" in *conformance*) mkdir -p .conformance; echo '${JSON.stringify({ cases })}' >.conformance/result.json ;; esac
    case " $* " in ${failing.map((word) => `*" ${word} "*)`).join(" exit 1 ;; ") || "never)"} exit 1 ;; esac`;
  writeFileSync(join(checkout, "bin", "npm"), npm);
  chmodSync(join(checkout, "bin", "npm"), 0o755);
  const path = [join(checkout, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
  const { status, stdout } = spawnSync(join(checkout, ".ci", "run"), { encoding: "utf8", env: { PATH: path } });
  return { status, output: stdout, lastLine: stdout.trimEnd().split("\n").at(-1) };
}

const green: Stages = {
  tests: { numPassedTests: 10, numFailedTests: 0, numPendingTests: 1 },
  cases: [
    { id: "on.the.floor", status: "passed" },
    { id: "not.yet", status: "failed" },
  ],
};

describe("the gate", () => {
  it("passes when everything passes, though a case that never passed still fails", () => {
    expect(runGate(green)).toMatchObject({ status: 0, lastLine: "11 passed, 0 failed" });
  });

  it("fails with the number of failed tests", () => {
    const tests = { numPassedTests: 8, numFailedTests: 2, numPendingTests: 0 };
    expect(runGate({ ...green, tests, failing: ["test"] })).toMatchObject({
      status: 1,
      lastLine: "9 passed, 2 failed",
    });
  });

  it("fails when a case falls below the floor", () => {
    const cases = [{ id: "on.the.floor", status: "failed" }] as const;
    expect(runGate({ ...green, cases, failing: ["conformance"] })).toMatchObject({
      status: 1,
      lastLine: "10 passed, 1 failed",
    });
  });

  it("runs the later stages when an earlier one fails, and names it", () => {
    const { status, output, lastLine } = runGate({ ...green, failing: ["lint", "typecheck"] });
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: "11 passed, 2 failed" });
    expect(output).toContain("failed: lint typecheck");
  });

  it("stops when nothing can be installed", () => {
    const { status, output, lastLine } = runGate({ ...green, failing: ["ci"] });
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: "0 passed, 1 failed" });
    expect(output).not.toContain("=== lint");
  });
});
