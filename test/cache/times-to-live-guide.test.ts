import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "operations.md"), "utf8");
const tests = readFileSync(join(import.meta.dirname, "times-to-live.test.ts"), "utf8");

describe("what the operations guide says of times to live", () => {
  it("is tried sentence by sentence, each by the test of that name", () => {
    const [, section = ""] = page.split(/^## How long caches keep$/m);
    const [text = ""] = section.split(/^## /m);
    const sentences = [...text.matchAll(/^- (.*)$/gm)].map(([, sentence]) => sentence);
    expect(sentences.length).toBeGreaterThan(5);
    expect(sentences.filter((sentence) => !tests.includes(`it("${sentence}", `))).toEqual([]);
  });
});
