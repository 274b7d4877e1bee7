import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evictionTable } from "../../src/cache/eviction-table.js";

const migrations = join(import.meta.dirname, "..", "..", "migrations");

/** The kinds that the log takes, as the newest migration that says so has it. */
function kindsOfTheLog(): readonly string[] {
  const allowed = readdirSync(migrations)
    .sort()
    .flatMap((file) => [...readFileSync(join(migrations, file), "utf8").matchAll(/aggregate_kind in \(([^)]*)\)/g)])
    .map(([, list]) => list ?? "");
  return [...(allowed.at(-1) ?? "").matchAll(/'([^']+)'/g)].map(([, kind]) => kind ?? "").sort();
}

describe("the table of who evicts what", () => {
  it("has a row for every kind of aggregate that the log takes, and for no other", () => {
    expect(kindsOfTheLog().length).toBeGreaterThan(0);
    expect(Object.keys(evictionTable).sort()).toEqual(kindsOfTheLog());
  });

  it("says of every row what it evicts", () => {
    for (const { evicts } of Object.values(evictionTable)) expect(evicts).not.toBe("");
  });
});
