import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Names that the library exports, types included. */
function exported(): readonly string[] {
  const source = readFileSync(join(root, "src/openehr/index.ts"), "utf8");
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, list = ""]) => list);
  return lists.flatMap((list) => [...list.matchAll(/(\w+)\s*(?:,|$)/g)].map(([, name = ""]) => name));
}

describe("what the openEHR library exports", () => {
  it("is all in the last table of its guide, and nothing else", () => {
    const guide = readFileSync(join(root, "docs/guide/openehr-library.md"), "utf8");
    const table = guide.slice(guide.indexOf("## Everything that is exported"));
    const rows = table.split("\n").filter((line) => line.startsWith("| `"));
    const explained = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
    );
    expect(explained.length).toBeGreaterThan(40);
    expect([...explained].sort()).toEqual([...exported()].sort());
  });
});
