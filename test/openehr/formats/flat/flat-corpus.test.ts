import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readCanonicalJson } from "../../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../../src/openehr/formats/canonical-json-writer.js";
import { compositionToFlat } from "../../../../src/openehr/formats/flat/composition-to-flat.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../../src/openehr/formats/flat/flat-writer.js";
import { parseOperationalTemplate } from "../../../../src/openehr/template/parse-operational-template.js";
import {
  caseTemplate,
  conformanceFolder,
  corpusCases,
  hasCorpus,
  readCaseFile,
  readExactCaseFile,
} from "../../template/corpus.js";

const NOW = "2020-01-01T00:00:00";

/** All FLAT documents of the corpus. */
const flatCases = [...corpusCases("flat-"), ...corpusCases("conf-")].filter(
  (id) => readCaseFile(id, "sdk/flat.json") !== undefined,
);

function canonicalFromFlat(id: string): unknown {
  const draft = readFlat(readCaseFile(id, "sdk/flat.json"), caseTemplate(id));
  return writeCanonicalJson(completeComposition(draft, { now: () => NOW }));
}

/** Where the time of the test run stands in the reference: the case gives none. */
function withoutStartTime(composition: unknown): unknown {
  const copy = structuredClone(composition) as { context: { start_time?: unknown } };
  delete copy.context.start_time;
  return copy;
}

/** A context that the OPT does not constrain: the reference writes it where nobody can read it (openehr-formats 20.2, 22). */
const CONTEXT_BELOW_ROOT = [
  "canon-minimal_evaluation",
  "canon-minimal_instruction",
  "canon-minimal_with_optional_attribute",
  "canon-minimal_without_optional_attribute",
  "canon-nested",
  "canon-nested.en.v1",
  "canon-other_participations",
  "flat-nested.en.v1",
];
/** The reference numbers a name by what the composition happens to hold (openehr-formats 20.2, 1). */
const NAMES_BY_CONTENT = ["canon-datetime_tests"];

describe.skipIf(!hasCorpus)("FLAT of the corpus (needs the shared corpus)", () => {
  it("covers the 45 cases", () => {
    expect(flatCases).toHaveLength(45);
  });

  it.each(flatCases.filter((id) => id !== "flat-nested.en.v1"))("%s becomes the reference's composition", (id) => {
    expect(canonicalFromFlat(id)).toEqual(readCaseFile(id, "reference/canonical.json"));
  });

  it("flat-nested.en.v1 becomes the reference's composition but for the time of the run", () => {
    const expected = readCaseFile("flat-nested.en.v1", "reference/canonical.json");
    expect(withoutStartTime(canonicalFromFlat("flat-nested.en.v1"))).toEqual(withoutStartTime(expected));
  });

  it.each(
    [...flatCases, ...corpusCases("canon-")].filter(
      (id) =>
        readCaseFile(id, "reference/flat-out.json") !== undefined &&
        !CONTEXT_BELOW_ROOT.includes(id) &&
        !NAMES_BY_CONTENT.includes(id),
    ),
  )("%s is written as the reference's FLAT, digit by digit", (id) => {
    const canonical = readCaseFile(id, "sdk/canonical.json") ?? readCaseFile(id, "reference/canonical.json");
    const flat = compositionToFlat(readCanonicalJson(canonical), caseTemplate(id));
    expect(flat).toEqual(readExactCaseFile(id, "reference/flat-out.json"));
  });

  it.each(CONTEXT_BELOW_ROOT)("%s is written so that it reads back to the same composition", (id) => {
    const canonical = readCanonicalJson(
      readCaseFile(id, "sdk/canonical.json") ?? readCaseFile(id, "reference/canonical.json"),
    );
    const template = caseTemplate(id);
    const flat = compositionToFlat(canonical, template);
    const again = completeComposition(readFlat(flat, template), { now: () => NOW });
    expect(compositionToFlat(again, template)).toEqual(flat);
  });
});

const CONFORMANCE_FLAT = [
  ["blood_pressure", "cases/toFHIR/input/blood-pressure_flat.json"],
  ["growth_chart", "cases/toFHIR/input/growth_chart_flat.json"],
  ["medication_order", "cases/toFHIR/input/medication_order_flat.json"],
  ["problemlist", "cases/toFHIR/input/flat_codeableconcept.json"],
  ["problemlist", "cases/toFHIR/input/flat_textvalue.json"],
  ["stu3_blood_pressure", "cases/toFHIR/input/stu3-blood-pressure_flat.json"],
  ["kds/studienteilnahme", "cases/toOpenEHR/output/studienteilnahme.flat.json"],
  ["kds/diagnose", "cases/toOpenEHR/output/KDS_Diagnose_multiple_Composition.flat.json"],
] as const;

describe.skipIf(!hasCorpus)("FLAT of the conformance scenarios (needs the shared conformance data)", () => {
  it.each(CONFORMANCE_FLAT)("%s: %s is read completely and written back the same", (scenario, file) => {
    const folder = join(conformanceFolder, scenario);
    expect(existsSync(join(folder, file))).toBe(true);
    const template = parseOperationalTemplate(readFileSync(join(folder, "template.opt"), "utf8"));
    const document: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
    expect(writeFlat(readFlat(document, template))).toEqual(document);
  });
});
