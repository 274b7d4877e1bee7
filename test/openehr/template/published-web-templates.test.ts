import { describe, expect, it } from "vitest";
import { flatNames } from "../../../src/openehr/template/flat-names.js";
import { caseTemplate, corpusCases, hasCorpus, readCaseFile } from "./corpus.js";
import { type PublishedNode, publishedDifferences } from "./published-differences.js";

/**
 * Known differences, each the end of a path and what differs. The first template has line breaks in the type and attribute
 * names of one archetype, which the reference keeps and therefore finds no constraints below; they are trimmed here.
 * In the second a repeatable CLUSTER is called "name": the reference leaves it out of FLAT paths, and its index with it.
 */
const EXPECTED_DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  "wt-RIPPLE-Conformance_Test": [
    "items[at0013]/value DV_COUNT: inputs",
    "items[at0014]/value DV_DATE_TIME: inputs",
    "items[at0024]/value/upper DV_DATE_TIME: inputs",
    "items[at0024]/value/lower DV_DATE_TIME: inputs",
    "items[at0026]/value/media_type CODE_PHRASE: name",
    "items[at0026]/value/media_type CODE_PHRASE: FLAT",
  ],
  "wt-validation-name-test.ehrbase.org.v0": ["items[at0001]/value DV_TEXT: FLAT"],
};

const cases = corpusCases("wt-");

describe.skipIf(!hasCorpus)("the raw tree, compared with published web templates (needs the shared corpus)", () => {
  it.each(cases)("%s has every published node, its texts, inputs and FLAT name", (id) => {
    const published = readCaseFile(id, "reference/web-template.json") as { tree: PublishedNode } | undefined;
    const template = caseTemplate(id);
    if (published === undefined) return;
    const differences = publishedDifferences(template, flatNames(template), published.tree);
    const expected = EXPECTED_DIFFERENCES[id] ?? [];
    expect(differences.filter((line) => !expected.some((each) => line.includes(each)))).toEqual([]);
    expect(differences).toHaveLength(expected.length);
  });

  it("finds the languages of the published template", () => {
    for (const id of cases) {
      const published = readCaseFile(id, "reference/web-template.json") as { languages: string[] } | undefined;
      if (published === undefined) continue;
      expect([id, [...caseTemplate(id).languages].sort()]).toEqual([id, published.languages.sort()]);
    }
  });
});
