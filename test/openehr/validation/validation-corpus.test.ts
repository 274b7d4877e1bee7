import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/errors/problem.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { readCanonicalXml } from "../../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { checkTerminology } from "../../../src/openehr/validation/terminology-check.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { validateRmObject } from "../../../src/openehr/validation/validate-rm-object.js";
import { caseTemplate, corpusCases, corpusFolder, hasCorpus, readCaseFile } from "../template/corpus.js";

interface Violation {
  readonly path: string;
  readonly message: string;
}

/** The pattern of a date forbids its day, and the reference does not evaluate patterns; see docs/decisions/0004-openehr-kernel.md. */
const PATTERNS_NOT_EVALUATED = ["canon-all_types_no_multimedia", "flat-test_all_types"];

/** The archetype details of an entry name the archetype of the composition, which the reference does not look at. */
const WRONG_DETAILS = "canon-informe_amb_1_arquetip_OBS";

const terminologyCases = corpusCases("terminology-");
const rmCases = corpusCases("rm-");
const casesWithViolations = corpusCases("").filter((id) => readCaseFile(id, "reference/violations.txt") !== undefined);

function readXmlCase(id: string): RmObject {
  return readCanonicalXml(readFileSync(join(corpusFolder, "cases", id, "sdk/canonical.xml"), "utf8"));
}

function compositionOf(id: string): RmObject {
  const json = readCaseFile(id, "sdk/canonical.json") ?? readCaseFile(id, "reference/canonical.json");
  return json === undefined ? readXmlCase(id) : readCanonicalJson(json);
}

/** In one order: that of the reference comes from its own way through the object. */
function sorted(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ path, message }) => `${path}: ${message}`).sort();
}

describe.skipIf(!hasCorpus)("validation of the corpus (needs the shared corpus)", () => {
  it("covers 6 validation cases, 3 terminology cases, 7 other RM objects and all compositions with a list of violations", () => {
    const kinds = ["valid-", "terminology-", "rm-"].map((prefix) => corpusCases(prefix).length);
    expect([...kinds, casesWithViolations.length]).toEqual([6, 3, 7, 72]);
  });

  it.each(casesWithViolations.filter((id) => !PATTERNS_NOT_EVALUATED.includes(id) && id !== WRONG_DETAILS))(
    "%s has the violations that the reference finds",
    (id) => {
      const expected = readCaseFile(id, "reference/violations.txt") as readonly Violation[];
      expect(sorted(validateComposition(compositionOf(id), caseTemplate(id)))).toEqual(sorted(expected));
    },
  );

  it.each(PATTERNS_NOT_EVALUATED)("%s has a date with a day that its pattern forbids", (id) => {
    const findings = validateComposition(compositionOf(id), caseTemplate(id));
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ["template-value", "The value 2019-01-14 must match yyyy-??-XX"],
    ]);
  });

  it(`${WRONG_DETAILS} has an entry whose details name another archetype`, () => {
    expect(validateComposition(compositionOf(WRONG_DETAILS), caseTemplate(WRONG_DETAILS))).toMatchObject([
      {
        rule: "template-archetype-details",
        path: "/content[openEHR-EHR-OBSERVATION.resum_riqcat.v0]/archetype_details/archetype_id",
        found: "openEHR-EHR-COMPOSITION.informe_ad_hoc.v0",
      },
    ]);
  });

  it.each(terminologyCases.filter((id) => readCaseFile(id, "case.json") && !id.includes("invalid")))(
    "%s has codes of the openEHR terminology only",
    (id) => {
      const counted = readFileSync(join(corpusFolder, "cases", id, "reference/terminology.txt"), "utf8");
      const { findings, elements } = checkTerminology(readXmlCase(id));
      expect([findings, `ok elements=${elements}`]).toEqual([[], counted.trim()]);
    },
  );

  it("terminology-RIPPLE-ConformanceTest_invalid_other_context_mm_type has an unknown media type", () => {
    const { findings } = checkTerminology(
      readXmlCase("terminology-RIPPLE-ConformanceTest_invalid_other_context_mm_type"),
    );
    expect(findings).toMatchObject([
      {
        rule: "terminology-code",
        path: "/context/other_context[at0001]/items[openEHR-EHR-CLUSTER.composition_context_detail.v1, 1]/items[at0009, 4]/value/media_type",
        message: "supplied code string [video/mp3] is not found in codeset:media types",
      },
    ]);
  });

  it.each(rmCases.filter((id) => readCaseFile(id, "reference/canonical-out.json") !== undefined))(
    "%s is read, written as the reference does, and validated without a template",
    (id) => {
      const object = readCanonicalJson(readCaseFile(id, "sdk/canonical.json"));
      expect(writeCanonicalJson(object)).toEqual(readCaseFile(id, "reference/canonical-out.json"));
      expect(validateRmObject(object).filter(({ rule }) => rule === "rm-type")).toEqual([]);
    },
  );

  it("rm-folder_with_items is refused for the class it names", () => {
    const folder = readCaseFile("rm-folder_with_items", "sdk/canonical.json");
    const read = (): RmObject => readCanonicalJson(folder, "FOLDER");
    expect(read).toThrow(Problem);
    expect(read).toThrow(/folders\[\d\]\.items\[\d\]\.id.*OBJECT_REF_ID/);
  });
});
