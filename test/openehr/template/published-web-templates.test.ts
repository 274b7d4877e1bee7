import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flatNames, resolveFlatPath } from "../../../src/openehr/template/flat-names.js";
import { type WebTemplateNode, webTemplateOf } from "../../../src/openehr/template/web-template.js";
import { webTemplateJson } from "../../../src/openehr/template/web-template-json.js";
import { caseTemplate, corpusCases, corpusFolder, corpusTemplate, hasCorpus, readCaseFile } from "./corpus.js";
import { type PublishedWebTemplate, webTemplateDifferences } from "./web-template-differences.js";

/**
 * Known differences, each a part of the line that describes it; docs/decisions/0004-openehr-kernel.md says why.
 * - Line breaks in type names, patterns and default value paths are trimmed (openehr-formats 20.2, 11).
 * - A repeatable CLUSTER called "name" stays, as FLAT needs its index (20.2, 25).
 */
const EXPECTED_DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  "wt-EHRN_Vital_signs.v2": ["items[at0006]/value spo: inputs"],
  "wt-NCD": ["items[at0005]/value test_name: inputs"],
  "wt-RIPPLE-Conformance_Test": [
    "items[at0013]/value count: inputs",
    "items[at0014]/value date_time: inputs",
    "items[at0022]/value interval_of_integer: rmType",
    "items[at0023]/value interval_of_quantity: rmType",
    "items[at0024]/value interval_of_date: rmType",
    "items[at0024]/value/lower lower: rmType",
    "items[at0024]/value/lower lower: inputs",
    "items[at0024]/value/upper upper: rmType",
    "items[at0024]/value/upper upper: inputs",
    "items[at0026]/value/media_type media_type: missing",
  ],
  "wt-validation-name-test.ehrbase.org.v0": [
    "items[at0001]/value test: missing",
    "CLUSTER.name.v0] name: not expected",
  ],
};

/** Their code lists or texts by language stand in the order of a hash table (openehr-formats 18). */
const ORDERED_BY_HASHES: readonly string[] = [
  "wt-Befund_der_Blutgasanalyse",
  "wt-GECCO_Serologischer_Befund",
  "wt-IDCR_-_Laboratory_Test_Report.v0",
  "wt-SSIAD_PRIeSM",
  "wt-SmICS-Befund",
  "wt-Virologischer_Befund",
  "wt-Virologischer_Befund-b",
  "wt-laborbefund",
  "wt-nullid",
  "wt-validation-IDCR-LaboratoryTestReport",
  "wt-validation-RIPPLE-ConformanceTest",
];

const cases = corpusCases("wt-");
/** Templates that the SDK refuses; here they have a web template like others (openehr-formats 20.1 and 20.2, 12). */
const refusedThere = cases.filter((id) => readCaseFile(id, "reference/web-template.json") === undefined);

function publishedOf(id: string): PublishedWebTemplate {
  return JSON.parse(webTemplateJson(webTemplateOf(caseTemplate(id)))) as PublishedWebTemplate;
}

function referenceOf(id: string): PublishedWebTemplate {
  return readCaseFile(id, "reference/web-template.json") as PublishedWebTemplate;
}

function* withPaths(node: WebTemplateNode, path: readonly string[]): Generator<[WebTemplateNode, readonly string[]]> {
  const own = [...path, node.id];
  yield [node, own];
  for (const child of node.children) yield* withPaths(child, own);
}

describe.skipIf(!hasCorpus)("published web templates (needs the shared corpus)", () => {
  it("covers the 48 cases of the corpus", () => {
    expect(cases).toHaveLength(48);
    expect(refusedThere).toEqual(["wt-unsupported_data_type_dv_scale", "wt-validation-Test_all_types"]);
  });

  it.each(cases.filter((id) => !refusedThere.includes(id)))("%s is published as the reference does", (id) => {
    const differences = webTemplateDifferences(referenceOf(id), publishedOf(id));
    const expected = EXPECTED_DIFFERENCES[id] ?? [];
    expect(differences.filter((line) => !expected.some((each) => line.includes(each)))).toEqual([]);
    expect(differences).toHaveLength(expected.length);
  });

  it.each(cases.filter((id) => readCaseFile(id, "sdk/sdk-web-template.json") !== undefined))(
    "%s differs from the golden file of the SDK only where the reference does",
    (id) => {
      const golden = readCaseFile(id, "sdk/sdk-web-template.json") as PublishedWebTemplate;
      const accepted = new Set(webTemplateDifferences(golden, referenceOf(id)));
      expect(webTemplateDifferences(golden, publishedOf(id)).filter((line) => !accepted.has(line))).toEqual([]);
    },
  );

  it("wt-unsupported_data_type_dv_scale, which the SDK refuses, has a list for its DV_SCALE", () => {
    const nodes = [...withPaths(webTemplateOf(caseTemplate("wt-unsupported_data_type_dv_scale")).tree, [])];
    const scales = nodes.flatMap(([node]) => (node.rmType === "DV_SCALE" ? [node] : []));
    expect(scales.length).toBeGreaterThan(0);
    for (const scale of scales) expect(scale.inputs.map(({ type }) => type)).toEqual(["CODED_TEXT"]);
  });

  it("wt-validation-Test_all_types, which the SDK refuses, takes any code where no terminology is named", () => {
    const nodes = [...withPaths(webTemplateOf(caseTemplate("wt-validation-Test_all_types")).tree, [])];
    const free = nodes.filter(([{ inputs }]) =>
      inputs.some(({ suffix, type, terminology }) => suffix === "code" && type === "TEXT" && terminology === undefined),
    );
    expect(free.length).toBeGreaterThan(0);
  });

  it("publishes every node of every template under a path that FLAT reads", () => {
    for (const file of readdirSync(join(corpusFolder, "opt"))) {
      const template = corpusTemplate(file);
      const names = flatNames(template);
      for (const [node, path] of withPaths(webTemplateOf(template).tree, [])) {
        // INSTRUCTION_DETAILS are written with an underscore; parts of a media type or a coded text as suffixes.
        if (node.id === "activity_id" || node.id === "instruction_id") continue;
        expect(resolveFlatPath(names, path), `${file}: ${path.join("/")}`).toBeDefined();
      }
    }
  });

  it("gives siblings different ids", () => {
    for (const file of readdirSync(join(corpusFolder, "opt"))) {
      for (const [{ children }, path] of withPaths(webTemplateOf(corpusTemplate(file)).tree, [])) {
        expect(new Set(children.map(({ id }) => id)).size, `${file}: ${path.join("/")}`).toBe(children.length);
      }
    }
  });

  it.each(
    cases.filter(
      (id) => !refusedThere.includes(id) && !ORDERED_BY_HASHES.includes(id) && EXPECTED_DIFFERENCES[id] === undefined,
    ),
  )("%s is the same text as that of the reference, byte for byte", (id) => {
    const reference = readFileSync(join(corpusFolder, "cases", id, "reference/web-template.json"), "utf8");
    expect(webTemplateJson(webTemplateOf(caseTemplate(id)))).toBe(reference.trimEnd());
  });
});
