import { describe, expect, it } from "vitest";
import { failureText, passTable } from "./report.js";
import { type CaseResult, resultDocument } from "./results.js";

const results: readonly CaseResult[] = [
  {
    id: "b.tofhir.1",
    scenario: "b",
    direction: "tofhir",
    input: "in.json",
    expected: "out.json",
    active: true,
    difference: "/a: differs",
  },
  {
    id: "b.tofhir.2",
    scenario: "b",
    direction: "tofhir",
    input: "in.json",
    expected: null,
    active: true,
    difference: undefined,
  },
  {
    id: "a.toaql.1",
    scenario: "a",
    direction: "toaql",
    input: "in.json",
    expected: null,
    active: true,
    difference: undefined,
  },
];

describe("the results of a run", () => {
  it("are shown as passes per scenario and direction, with totals", () => {
    expect(passTable(results).split("\n")).toEqual([
      "scenario  tofhir  toaql  all",
      "a                   1/1  1/1",
      "b            1/2         1/2",
      "all          1/2    1/1  2/3",
    ]);
  });

  it("show a failure with its files and its first difference", () => {
    expect(results[0] && failureText(results[0])).toBe(
      "FAILED b.tofhir.1\n  input     in.json\n  expected  out.json\n  /a: differs",
    );
  });

  it("are written as data", () => {
    expect(resultDocument(results, { timeZone: "Europe/Ljubljana", commit: "c" })).toMatchObject({
      timeZone: "Europe/Ljubljana",
      passed: 2,
      failed: 1,
      total: 3,
      scenarios: [{ scenario: "a" }, { scenario: "b", directions: [{ direction: "tofhir", passed: 1, total: 2 }] }],
      cases: [
        { id: "b.tofhir.1", status: "failed", difference: "/a: differs" },
        { status: "passed" },
        { status: "passed" },
      ],
    });
  });
});
