import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");

describe("the rules of validation", () => {
  it("are all explained in the guide, and no others", () => {
    const source = readFileSync(join(root, "src/openehr/validation/validation-finding.ts"), "utf8");
    const declared = [...source.matchAll(/^ {2}\| ["`]([a-z-]+:?)/gm)].map(([, rule = ""]) => rule.replace(":", ""));
    const guide = readFileSync(join(root, "docs/guide/openehr-library.md"), "utf8");
    const explained = [...guide.matchAll(/`((?:rm|template|terminology)-[a-z-]+)/g)].map(([, rule]) => rule);
    expect(declared.length).toBeGreaterThan(20);
    expect(new Set(explained)).toEqual(new Set(declared));
  });
});
