import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corpusFolder, hasCorpus } from "./corpus.js";
import { readManifest } from "./manifest.js";
import { groupByMappingSet, selectedMappingFiles, templateIdOf } from "./mapping-set.js";

describe.skipIf(!hasCorpus)("mapping sets of the corpus", () => {
  const manifest = hasCorpus ? readManifest(corpusFolder) : undefined;
  const sets = manifest === undefined ? [] : groupByMappingSet(manifest.cases);

  it("hold every case exactly once", () => {
    const ids = sets.flatMap(({ cases }) => cases.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(manifest?.cases.length ?? 0);
  });

  it("are the nineteen combinations of templates and contexts", () => {
    expect(sets).toHaveLength(19);
  });

  it("name only files that exist", () => {
    for (const { templates, contexts } of sets) {
      expect(templates.length).toBeGreaterThan(0);
      const files = manifest === undefined ? [] : selectedMappingFiles(manifest, contexts);
      expect(files.length).toBeGreaterThan(0);
      for (const file of [...templates, ...contexts, ...files])
        expect(existsSync(join(corpusFolder, file)), file).toBe(true);
    }
  });

  it("upload a file that several contexts select once", () => {
    const several = sets.find(({ contexts }) => contexts.length > 1);
    if (manifest === undefined || several === undefined) throw new Error("the corpus has no such set");
    const files = selectedMappingFiles(manifest, several.contexts);
    expect(new Set(files).size).toBe(files.length);
  });

  it("know the template id as the context writes it", () => {
    const growthChart = sets.find(({ cases }) => cases[0]?.scenario === "growth_chart");
    if (manifest === undefined || growthChart?.contexts[0] === undefined) throw new Error("the corpus has no such set");
    expect(templateIdOf(manifest, growthChart.contexts[0])).toBe("Growth chart");
  });

  it("refuse a context that the manifest does not know", () => {
    expect(() => manifest && selectedMappingFiles(manifest, ["openfhir/other.context.yml"])).toThrow(
      "other.context.yml",
    );
  });
});
