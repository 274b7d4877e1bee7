import { describe, expect, it } from "vitest";
import { corpusFolder, hasCorpus } from "./corpus.js";
import { parseManifest, readManifest } from "./manifest.js";
import { expectationOf } from "./run-case.js";

const smallest = {
  schemaVersion: 1,
  source: { project: "p", commit: "c" },
  environment: { timeZone: "Europe/Ljubljana" },
  cases: [],
  mappingSets: [],
};

describe("the manifest", () => {
  it("is refused with the path of what has another shape", () => {
    expect(() => parseManifest({ ...smallest, environment: {} })).toThrow("environment.timeZone");
  });

  it("is refused when its version is another one", () => {
    expect(() => parseManifest({ ...smallest, schemaVersion: 2 })).toThrow("schemaVersion");
  });

  it.skipIf(!hasCorpus)("is refused when two cases share an id", () => {
    const [first] = readManifest(corpusFolder).cases;
    expect(() => parseManifest({ ...smallest, cases: [first, first] })).toThrow(first?.id);
  });
});

describe.skipIf(!hasCorpus)("the manifest of the corpus", () => {
  it("holds the cases that its read-me counts", () => {
    const { cases } = readManifest(corpusFolder);
    expect(cases).toHaveLength(357);
    expect(cases.filter(({ upstream }) => upstream.status === "active")).toHaveLength(323);
  });

  it("expects something readable in every case", () => {
    for (const conformanceCase of readManifest(corpusFolder).cases) {
      expect(() => expectationOf(conformanceCase), conformanceCase.id).not.toThrow();
    }
  });
});
