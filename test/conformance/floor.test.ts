import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { corpusFolder, hasCorpus } from "./corpus.js";
import { floorBreaches, raisedFloor, readFloor, writeFloor } from "./floor.js";
import { readManifest } from "./manifest.js";
import type { CaseResult } from "./results.js";

function result(id: string, difference?: string, active = true): CaseResult {
  return { id, scenario: "s", direction: "tofhir", input: "i", expected: null, active, difference };
}

describe("the floor", () => {
  it("is raised by the cases that pass and keeps those that fail", () => {
    expect(raisedFloor(["b"], [result("c"), result("b", "differs"), result("a")])).toEqual(["a", "b", "c"]);
  });

  it("is raised by a case that the reference does not run as well", () => {
    expect(raisedFloor([], [result("a", undefined, false)])).toEqual(["a"]);
  });

  it("is broken by a case that fails, with the reason", () => {
    expect(floorBreaches(["a", "b"], [result("a"), result("b", "differs")], "")).toEqual([
      { id: "b", reason: "differs" },
    ]);
  });

  it("is broken by a case that is missing", () => {
    expect(floorBreaches(["a"], [], "")).toMatchObject([{ id: "a" }]);
  });

  it("is not broken by a failing case that it does not hold", () => {
    expect(floorBreaches([], [result("a", "differs")], "")).toEqual([]);
  });

  it("is looked at below the prefix of the run only", () => {
    expect(floorBreaches(["a.1", "b.1"], [result("a.1")], "a.")).toEqual([]);
  });

  it.skipIf(!hasCorpus)("of the project holds cases of the corpus", () => {
    const floor = readFloor(join(dirname(fileURLToPath(import.meta.url)), "floor.json"));
    const known = new Set(readManifest(corpusFolder).cases.map(({ id }) => id));
    expect(floor.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe("the floor file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "floor-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads what was written", () => {
    const file = join(folder, "floor.json");
    const many = Array.from({ length: 40 }, (_, index) => `scenario.tofhir.${index}`);
    for (const floor of [[], ["a"], many]) {
      writeFloor(file, floor);
      expect(readFloor(file)).toEqual(floor);
    }
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(43);
  });

  it("is refused when it is not a list of different ids", () => {
    const file = join(folder, "floor.json");
    writeFileSync(file, '{"a": true}');
    expect(() => readFloor(file)).toThrow("not a list");
    writeFileSync(file, '["a", "a"]');
    expect(() => readFloor(file)).toThrow("twice");
  });
});
