import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { conformanceFolder, corpusCases, hasCorpus, readCaseFile } from "../template/corpus.js";

/** The canonical compositions that the conformance mappings produce. */
function conformanceCompositions(): readonly string[] {
  const kds = join(conformanceFolder, "kds");
  if (!existsSync(kds)) return [];
  return readdirSync(kds)
    .map((project) => join(kds, project, "cases/toOpenEHR/output"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".json") && readFileSync(file, "utf8").includes('"_type"'));
}

describe.skipIf(!hasCorpus)("canonical JSON of the corpus (needs the shared corpus)", () => {
  it.each(
    [...corpusCases("canon-"), ...corpusCases("rm-")].filter(
      (id) => readCaseFile(id, "reference/canonical-out.json") !== undefined,
    ),
  )("%s comes out as the reference writes it", (id) => {
    const read = readCanonicalJson(readCaseFile(id, "sdk/canonical.json"));
    expect(writeCanonicalJson(read)).toEqual(readCaseFile(id, "reference/canonical-out.json"));
  });

  it("conformance compositions come out as they went in", () => {
    const files = conformanceCompositions();
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const document: unknown = JSON.parse(readFileSync(file, "utf8"));
      expect(writeCanonicalJson(readCanonicalJson(document)), file).toEqual(document);
    }
  });
});
