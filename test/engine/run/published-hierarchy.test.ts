import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import { parseOperationalTemplate } from "../../../src/openehr/template/parse-operational-template.js";
import { corpusFolder } from "../../conformance/corpus.js";
import { libraryFolder, mappingsArePublished, readLibrary } from "../../fhirconnect/published-mappings.js";
import { corpusSettings } from "../fixtures/published-mapper.js";
import { readFile } from "../fixtures/ward-mapper.js";

const entry = "medikamentenliste/aussage_zur_medikamenteneinnahme";

describe.skipIf(!mappingsArePublished)("the library's model of medication statements, read as v1.0.0", () => {
  it("makes an event of the dosages of each route, and one statement of the events of a medication", () => {
    const models = readLibrary(libraryFolder).stored.filter((mapping) => mapping.type === "model");
    const file = join(corpusFolder, "openfhir/kds/medikationseintrag/template.opt");
    const template = parseOperationalTemplate(readFileSync(file, "utf8"), { file });
    const context = readFile(
      `grammar: FHIRConnect/v1.0.0
type: context
metadata: { name: statements, version: 1.0.0 }
spec: { system: FHIR, version: R4 }
context:
  profile: { url: "https://example.org/StructureDefinition/statement" }
  template: { id: "${template.templateId}" }
  archetypes: ${JSON.stringify([...new Set(models.map(({ name }) => name.value))])}
  start: OBSERVATION.medication_statement.v0`,
      "statements.context.yml",
    );
    if (context.type !== "context") throw new Error("no context");
    const mapper = compileMapper({ template, context, mappings: models, semantics: "v1" });
    const dosage = (text: string, route: string) => ({ text, route: { text: route } });
    const statement = {
      resourceType: "MedicationStatement",
      medicationCodeableConcept: { coding: [{ system: "urn:codes", code: "m1" }], text: "Medication" },
      dosage: [dosage("one", "oral"), dosage("two", "intravenous"), dosage("three", "oral")],
    };
    const result = mapper.toOpenEhr(statement, corpusSettings);
    const texts = Object.entries(result.flat()).filter(([key]) => key.endsWith("dosierung_freitext"));
    expect(texts).toEqual([
      [`${entry}:0/dosierung:0/dosierung_freitext`, "one"],
      [`${entry}:0/dosierung:1/dosierung_freitext`, "three"],
      [`${entry}:1/dosierung:0/dosierung_freitext`, "two"],
    ]);
    const compositions = mapper.readComposition(JSON.parse(JSON.stringify(result.composition())), corpusSettings);
    expect(mapper.toFhir(compositions, corpusSettings).entry).toMatchObject([
      { resource: { dosage: [{ text: "one" }, { text: "three" }, { text: "two" }] } },
    ]);
  });
});
