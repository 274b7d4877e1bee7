import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import {
  checkTerminology,
  parseExactJson,
  type RmObject,
  readCanonicalJson,
  readCanonicalXml,
  readCompositionIn,
  type Template,
  validateComposition,
  webTemplateJson,
  webTemplateOf,
  writeCanonicalJson,
  writeCanonicalXml,
  writeCompositionIn,
} from "../../src/openehr/index.js";
import {
  byValue,
  corpusCases,
  corpusFolder,
  corpusTemplate,
  hasCorpus,
  readCaseFile,
  readExactCaseFile,
} from "./template/corpus.js";
import { type PublishedWebTemplate, webTemplateDifferences } from "./template/web-template-differences.js";

/** What the index of the corpus says of a case. */
interface CorpusCase {
  readonly id: string;
  readonly kind: string;
  readonly opt?: string;
}

/** Cases of each kind, as the index counts them. */
const CASES_BY_KIND: Readonly<Record<string, number>> = {
  "canonical-json": 30,
  "canonical-rm": 7,
  "canonical-xml": 13,
  flat: 45,
  structured: 1,
  "terminology-validation": 3,
  validation: 6,
  "web-template": 48,
};

/**
 * Cases whose outcome differs from the reference, each with the part of it that does. docs/decisions/0004-openehr-kernel.md
 * names every one of them and says why.
 */
const DIFFERENT: Readonly<Record<string, readonly string[]>> = {
  "canon-all_types_no_multimedia": ["violations"],
  "canon-datetime_tests": ["flat", "structured"],
  "canon-informe_amb_1_arquetip_OBS": ["violations"],
  "canon-minimal_evaluation": ["flat", "structured"],
  "canon-minimal_instruction": ["flat", "structured"],
  "canon-minimal_with_optional_attribute": ["flat", "structured"],
  "canon-minimal_without_optional_attribute": ["flat", "structured"],
  "canon-nested": ["flat", "structured"],
  "canon-nested.en.v1": ["flat", "structured"],
  "canon-other_participations": ["flat", "structured"],
  "flat-nested.en.v1": ["flat", "structured"],
  "flat-test_all_types": ["violations"],
  "wt-EHRN_Vital_signs.v2": ["web template"],
  "wt-NCD": ["web template"],
  "wt-RIPPLE-Conformance_Test": ["web template"],
  "wt-unsupported_data_type_dv_scale": ["web template"],
  "wt-validation-Test_all_types": ["web template"],
  "wt-validation-name-test.ehrbase.org.v0": ["web template"],
  "xml-test_all_types_participations_invalid": ["canonical JSON", "canonical XML"],
};

const settings = { now: () => "2020-01-01T00:00:00" };
const templates = new Map<string, Template>();

function templateOf({ opt }: CorpusCase): Template | undefined {
  if (opt === undefined || opt === null) return undefined;
  const file = opt.replace(/^opt\//, "");
  const template = templates.get(file) ?? corpusTemplate(file);
  templates.set(file, template);
  return template;
}

function textOf(id: string, file: string): string | undefined {
  const path = join(corpusFolder, "cases", id, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Equality E3 and E4: by value, whatever the order of members; for E4 also of arrays. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(unordered(item))).sort();
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, unordered(member)]));
}

/** The time of the run, which stands in what the reference wrote for the only case that gives none. */
function withoutClock(id: string, composition: unknown): unknown {
  if (id !== "flat-nested.en.v1") return composition;
  const copy = structuredClone(composition) as { context: { start_time?: unknown } };
  delete copy.context.start_time;
  return copy;
}

/** XML without what the reference derives and with whole numbers in one form. */
function comparableXml(xml: string): string {
  return xml
    .replace(/\r/g, "")
    .replace(/>(-?\d+)\.0</g, ">$1<")
    .replace(/ xmlns:\w+="[^"]*"/g, "")
    .replace(/\n\s*<(qualifiedRmEntity|domainConcept|rmOriginator|rmName|rmEntity|versionId)>[^<]*<\/\1>/g, "")
    .trim();
}

function readSource(corpusCase: CorpusCase, template: Template | undefined): RmObject {
  const { id, kind } = corpusCase;
  const json = readExactCaseFile(id, "sdk/canonical.json");
  if (kind === "canonical-rm") return readCanonicalJson(json, /folder/.test(id) ? "FOLDER" : undefined);
  if (json !== undefined) return readCanonicalJson(json);
  const xml = textOf(id, "sdk/canonical.xml");
  if (xml !== undefined) return readCanonicalXml(xml);
  if (template === undefined) throw new Error(`The case ${id} has no template.`);
  const format = kind === "structured" ? "structured" : "flat";
  return readCompositionIn(format, readExactCaseFile(id, `sdk/${format}.json`), template, settings);
}

/** The parts of a case that do not come out as the reference has them. */
function* differencesOf(corpusCase: CorpusCase): Generator<string, void, undefined> {
  const { id, kind } = corpusCase;
  if (kind === "web-template") {
    const published = webTemplateJson(webTemplateOf(templateOf(corpusCase) as Template));
    const expected = readCaseFile(id, "reference/web-template.json") as PublishedWebTemplate | undefined;
    if (expected === undefined || webTemplateDifferences(expected, JSON.parse(published)).length > 0) {
      yield "web template";
    }
    return;
  }
  if (textOf(id, "reference/canonical-out.json.error") !== undefined) {
    if (isRead(() => readSource(corpusCase, undefined))) yield "refusal";
    return;
  }
  const template = templateOf(corpusCase);
  const object = readSource(corpusCase, template);
  if (kind === "terminology-validation") {
    yield* terminologyDifferences(id, object);
    return;
  }
  yield* canonicalDifferences(id, object);
  if (template !== undefined) yield* templateDifferences(id, object, template);
}

function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

function* terminologyDifferences(id: string, object: RmObject): Generator<string, void, undefined> {
  const { findings, elements } = checkTerminology(object);
  const failure = textOf(id, "reference/terminology.txt.error");
  const expected = textOf(id, "reference/terminology.txt")?.trim();
  const isSame =
    failure === undefined
      ? findings.length === 0 && expected === `ok elements=${elements}`
      : findings.some(({ message }) => failure.includes(message));
  if (!isSame) yield "terminology";
}

function* canonicalDifferences(id: string, object: RmObject): Generator<string, void, undefined> {
  const json = withoutClock(id, byValue(writeCanonicalJson(object)));
  for (const file of ["canonical.json", "canonical-out.json"]) {
    const expected = readCaseFile(id, `reference/${file}`);
    if (expected !== undefined && !isDeepStrictEqual(json, withoutClock(id, expected))) yield "canonical JSON";
  }
  const source = textOf(id, "sdk/canonical.xml");
  const expectedXml = textOf(id, "reference/canonical-out.xml");
  if (source !== undefined && expectedXml !== undefined) {
    if (comparableXml(writeCanonicalXml(object)) !== comparableXml(expectedXml)) yield "canonical XML";
  }
}

function* templateDifferences(id: string, object: RmObject, template: Template): Generator<string, void, undefined> {
  // Equality E2 is by text: 22 is not 22.0.
  const flat = readExactCaseFile(id, "reference/flat-out.json");
  if (flat !== undefined) {
    const written: unknown = parseExactJson(writeCompositionIn("flat", object, template));
    if (!isDeepStrictEqual(written, flat)) yield "flat";
  }
  const structured = readCaseFile(
    id,
    id.startsWith("structured-") ? "sdk/structured.json" : "reference/structured-out.json",
  );
  if (structured !== undefined) {
    const written: unknown = JSON.parse(writeCompositionIn("structured", object, template));
    if (!isDeepStrictEqual(unordered(written), unordered(structured))) yield "structured";
  }
  const violations = readCaseFile(id, "reference/violations.txt") as readonly { path: string; message: string }[];
  if (violations !== undefined) {
    const lines = (list: readonly { path: string; message: string }[]): readonly string[] =>
      list.map(({ path, message }) => `${path}: ${message}`).sort();
    if (!isDeepStrictEqual(lines(validateComposition(object, template)), lines(violations))) yield "violations";
  }
}

describe.skipIf(!hasCorpus)("the 153 cases of the corpus (needs the shared corpus)", () => {
  const cases = corpusCases("").map((id) => readCaseFile(id, "case.json") as CorpusCase);

  it("come out as the reference has them, but for those that the decisions name", () => {
    const found = new Map<string, readonly string[]>();
    for (const each of cases) {
      const differences = [...new Set(differencesOf(each))];
      if (differences.length > 0) found.set(each.id, differences);
    }
    const table = Object.keys(CASES_BY_KIND).map((kind) => {
      const ofKind = cases.filter((each) => each.kind === kind);
      return { kind, cases: ofKind.length, different: ofKind.filter(({ id }) => found.has(id)).length };
    });
    console.table(table);
    expect(Object.fromEntries(table.map(({ kind, cases: counted }) => [kind, counted]))).toEqual(CASES_BY_KIND);
    expect(cases).toHaveLength(153);
    expect(Object.fromEntries(found)).toEqual(DIFFERENT);
  }, 120_000);

  it.each(Object.keys(DIFFERENT))("%s, which differs, has a line in the decisions", (id) => {
    const decisions = readFileSync(new URL("../../docs/decisions/0004-openehr-kernel.md", import.meta.url), "utf8");
    expect(decisions.split("\n").filter((line) => line.startsWith("|") && line.includes(id))).toHaveLength(1);
  });
});
