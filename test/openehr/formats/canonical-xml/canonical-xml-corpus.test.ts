import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeCanonicalJson } from "../../../../src/openehr/formats/canonical-json-writer.js";
import { readCanonicalXml } from "../../../../src/openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeCanonicalXml } from "../../../../src/openehr/formats/canonical-xml/canonical-xml-writer.js";
import {
  byValue,
  corpusCases,
  corpusFolder,
  hasCorpus,
  readCaseFile,
  readExactCaseFile,
} from "../../template/corpus.js";

function readCaseXml(id: string, file: string): string {
  return readFileSync(join(corpusFolder, "cases", id, file), "utf8");
}

/** The reference loses the code of a text whose type is not given; see docs/decisions/0004-openehr-kernel.md. */
const CODE_WITHOUT_TYPE = "xml-test_all_types_participations_invalid";

const xmlCases = corpusCases("xml-");
/** XML that the reference has written, with the same composition as canonical JSON. */
const written = (hasCorpus ? readdirSync(join(corpusFolder, "cases")) : []).flatMap((id) =>
  [
    ["reference/canonical.xml", "reference/canonical.json"],
    ["reference/canonical.xml", "reference/canonical-out.json"],
    ["reference/canonical-out.xml", "reference/canonical.json"],
  ].flatMap(([xml = "", json = ""]) =>
    [xml, json].every((file) => existsSync(join(corpusFolder, "cases", id, file))) ? [{ id, xml, json }] : [],
  ),
);

/** Without where namespaces are declared, without derived parts of ids, whole numbers without a point. */
function comparable(xml: string): string {
  return xml
    .replace(/\r/g, "")
    .replace(/>(-?\d+)\.0</g, ">$1<")
    .replace(/ xmlns:\w+="[^"]*"/g, "")
    .replace(/\n\s*<(qualifiedRmEntity|domainConcept|rmOriginator|rmName|rmEntity|versionId)>[^<]*<\/\1>/g, "")
    .trim();
}

describe.skipIf(!hasCorpus)("canonical XML of the corpus (needs the shared corpus)", () => {
  it("covers the 13 cases", () => {
    expect(xmlCases).toHaveLength(13);
  });

  it.each(xmlCases.filter((id) => id !== CODE_WITHOUT_TYPE))("%s is read as the reference's composition", (id) => {
    const composition = readCanonicalXml(readCaseXml(id, "sdk/canonical.xml"));
    expect(byValue(writeCanonicalJson(composition))).toEqual(readCaseFile(id, "reference/canonical.json"));
  });

  it.each(xmlCases.filter((id) => id !== CODE_WITHOUT_TYPE))("%s is written as the reference writes it", (id) => {
    const composition = readCanonicalXml(readCaseXml(id, "sdk/canonical.xml"));
    expect(comparable(writeCanonicalXml(composition))).toBe(comparable(readCaseXml(id, "reference/canonical-out.xml")));
  });

  it(`${CODE_WITHOUT_TYPE} keeps the code that the reference loses`, () => {
    const composition = writeCanonicalJson(readCanonicalXml(readCaseXml(CODE_WITHOUT_TYPE, "sdk/canonical.xml")));
    const expected = readCaseFile(CODE_WITHOUT_TYPE, "reference/canonical.json");
    const context = composition.context as {
      participations: { function: { _type: string; defining_code?: unknown } }[];
    };
    const [participation] = context.participations;
    expect(participation?.function.defining_code).toMatchObject({ code_string: "216" });
    if (participation === undefined) return;
    participation.function._type = "DV_TEXT";
    delete participation.function.defining_code;
    expect(composition).toEqual(expected);
  });

  // The case without a time shows the clock of the reference, which differs from file to file.
  it.each(written.filter(({ id }) => id !== "flat-nested.en.v1" && id !== CODE_WITHOUT_TYPE))(
    "$id: $xml says what $json says, digit by digit",
    ({ id, xml, json }) => {
      const composition = readCanonicalXml(readCaseXml(id, xml));
      expect(writeCanonicalJson(composition)).toEqual(readExactCaseFile(id, json));
    },
  );

  it.each(written.map(({ id, xml }) => ({ id, xml })))("$id: $xml comes out as it went in", ({ id, xml }) => {
    const source = readCaseXml(id, xml);
    expect(comparable(writeCanonicalXml(readCanonicalXml(source)))).toBe(comparable(source));
  });

  it("reads the compositions of the validation and terminology cases", () => {
    for (const id of [...corpusCases("valid-"), ...corpusCases("terminology-")]) {
      const composition = readCanonicalXml(readCaseXml(id, "sdk/canonical.xml"));
      expect(readCanonicalXml(writeCanonicalXml(composition)), id).toEqual(composition);
    }
  });
});
