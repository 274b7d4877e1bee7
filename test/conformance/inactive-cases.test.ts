import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inactiveBreaches, readInactiveCases } from "./inactive-cases.js";
import type { CaseResult } from "./results.js";

function inactive(id: string, difference?: string): CaseResult {
  return { id, scenario: "s", direction: "tofhir", input: "i", expected: null, active: false, difference };
}

const breaches = (
  lines: Record<string, string>,
  floor: readonly string[],
  results: readonly CaseResult[],
  prefix = "",
): readonly string[] => inactiveBreaches(new Map(Object.entries(lines)), floor, results, prefix).map(({ id }) => id);

describe("a case that the reference does not run", () => {
  it("may fail when a line says why", () => {
    expect(breaches({ a: "because" }, [], [inactive("a", "differs")])).toEqual([]);
  });

  it("may not fail without a word", () => {
    expect(breaches({}, [], [inactive("a", "differs"), inactive("b", "differs")])).toEqual(["a", "b"]);
  });

  it("belongs on the floor when it passes", () => {
    expect(breaches({}, ["a"], [inactive("a"), inactive("b")])).toEqual(["b"]);
  });

  it("may not have a line when it passes", () => {
    expect(breaches({ a: "because" }, ["a"], [inactive("a")])).toEqual(["a"]);
  });

  it("has a line only if the manifest has the case, within what was run", () => {
    expect(breaches({ "a.1": "because", "b.1": "because" }, [], [], "a.")).toEqual(["a.1"]);
  });

  it("is the floor's affair when it fell below it", () => {
    expect(breaches({}, ["a"], [inactive("a", "differs")])).toEqual([]);
  });

  it("is not an active one", () => {
    expect(breaches({}, [], [{ ...inactive("a", "differs"), active: true }])).toEqual([]);
  });
});

it("the lines of the project are texts by case id", () => {
  const lines = readInactiveCases(join(dirname(fileURLToPath(import.meta.url)), "inactive-cases.json"));
  expect([...lines.values()].every((text) => text.trim() !== "")).toBe(true);
});
