import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readCanonicalJson } from "../../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../../src/openehr/formats/canonical-json-writer.js";
import { compositionToFlat } from "../../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../../src/openehr/formats/flat/flat-writer.js";
import { flatToStructured } from "../../../../src/openehr/formats/structured/flat-to-structured.js";
import { compositionToStructured, readStructured } from "../../../../src/openehr/formats/structured/structured.js";
import { structuredToFlat } from "../../../../src/openehr/formats/structured/structured-to-flat.js";
import { byValue, caseTemplate, corpusCases, hasCorpus, readCaseFile } from "../../template/corpus.js";

const settings = { now: () => "2020-01-01T00:00:00" };

/** The time of the run stands in these, once for each file. */
const WITH_CLOCK = "flat-nested.en.v1";

const allCases = ["flat-", "conf-", "canon-", "structured-"].flatMap(corpusCases);
const flatCases = allCases.filter((id) => readCaseFile(id, "sdk/flat.json") !== undefined);
const writtenCases = allCases.filter((id) => readCaseFile(id, "reference/structured-out.json") !== undefined);

/** Arrays in an order of their own: the reference has those of underscore attributes in the order of a hash table. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(unordered(item))).sort();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, unordered(member)]),
  );
}

/** Without the index 0 and the `|value` that mean the same as nothing. */
function normal(flat: unknown): unknown {
  return Object.fromEntries(
    Object.entries(flat as object).map(([path, value]) => [
      path.replace(/:0(?=[/|]|$)/g, "").replace(/\|value$/, ""),
      value,
    ]),
  );
}

describe.skipIf(!hasCorpus)("STRUCTURED of the corpus (needs the shared corpus)", () => {
  it("structured-corona becomes the reference's composition, and comes back from it", () => {
    const document = readCaseFile("structured-corona", "sdk/structured.json");
    const template = caseTemplate("structured-corona");
    const composition = completeComposition(readStructured(document, template, settings), settings);
    expect(writeCanonicalJson(composition)).toEqual(readCaseFile("structured-corona", "reference/canonical.json"));
    expect(unordered(byValue(compositionToStructured(composition, template)))).toEqual(unordered(document));
  });

  it("structured-corona and flat-corona become each other", () => {
    const structured = readCaseFile("structured-corona", "sdk/structured.json");
    const flat = readCaseFile("flat-corona", "sdk/flat.json");
    expect(unordered(flatToStructured(flat))).toEqual(unordered(structured));
    expect(normal(structuredToFlat(structured))).toEqual(normal(flat));
  });

  it.each(writtenCases.filter((id) => id !== WITH_CLOCK))("%s: FLAT becomes the reference's STRUCTURED", (id) => {
    const structured = flatToStructured(readCaseFile(id, "reference/flat-out.json"));
    expect(unordered(structured)).toEqual(unordered(readCaseFile(id, "reference/structured-out.json")));
  });

  it.each(flatCases)("%s reads the same in FLAT and in STRUCTURED", (id) => {
    const template = caseTemplate(id);
    const structured = flatToStructured(readCaseFile(id, "sdk/flat.json"));
    const composition = completeComposition(readStructured(structured, template, settings), settings);
    const expected = readCaseFile(id, "reference/canonical.json") as { context: { start_time: unknown } };
    const actual = writeCanonicalJson(composition) as unknown as { context: { start_time: unknown } };
    if (id === WITH_CLOCK) actual.context.start_time = expected.context.start_time;
    expect(actual).toEqual(expected);
  });

  it.each(writtenCases)("%s: what is written in STRUCTURED reads as what is written in FLAT", (id) => {
    const template = caseTemplate(id);
    const canonical = readCaseFile(id, "sdk/canonical.json") ?? readCaseFile(id, "reference/canonical.json");
    const composition = readCanonicalJson(canonical);
    const fromStructured = readStructured(compositionToStructured(composition, template), template, settings);
    const fromFlat = readFlat(compositionToFlat(composition, template), template, settings);
    expect(writeFlat(fromStructured)).toEqual(writeFlat(fromFlat));
  });
});
