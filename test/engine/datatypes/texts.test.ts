import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codePhrase } from "../../../src/engine/datatypes/code-phrase.js";
import { dvCodedText } from "../../../src/engine/datatypes/dv-coded-text.js";
import { dvText } from "../../../src/engine/datatypes/dv-text.js";
import type { ConversionContext } from "../../../src/engine/datatypes/fhir-data.js";
import { termMapping } from "../../../src/engine/datatypes/term-mapping.js";
import { readTerminologyId, writeTerminologyId } from "../../../src/engine/datatypes/terminology-id.js";
import { openFhirSemantics, type Semantics, v1Semantics } from "../../../src/engine/semantics.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { descendants } from "../../../src/openehr/template/template-paths.js";
import { fhirNode, openFhirRunIn, runIn } from "../fixtures/fhir-node.js";
import { wardTemplate } from "../fixtures/ward-template.js";
import { toFhirElement } from "./data-type-samples.js";

const utc = runIn("UTC");
const today = openFhirRunIn("UTC");

function phrase(code: string, terminology?: string, term?: string): RmObject {
  return {
    _type: "CODE_PHRASE",
    ...(terminology !== undefined && { terminology_id: { _type: "TERMINOLOGY_ID", value: terminology } }),
    code_string: code,
    ...(term !== undefined && { preferred_term: term }),
  };
}

function codedText(value: string, code: RmObject, mappings?: RmObject[]): RmObject {
  return { _type: "DV_CODED_TEXT", value, defining_code: code, ...(mappings !== undefined && { mappings }) };
}

/** Texts that are there: FHIR has no empty strings. */
const texts = fc.string({ minLength: 1 }).filter((text) => text.trim() !== "");
const codes = fc.stringMatching(/^[A-Za-z0-9.-]{1,12}$/);
/** A system with parentheses cannot be told from one with a version, a colon at its end not from the `::` behind it. */
const systems = fc.webUrl().filter((url) => !/\(.*\)|:$|::/.test(url));

describe("a terminology id", () => {
  it.each([
    ["http://snomed.info/sct", { system: "http://snomed.info/sct" }],
    ["http://snomed.info/sct (20230731)", { system: "http://snomed.info/sct", version: "20230731" }],
    ["ICD10(2019)", { system: "ICD10", version: "2019" }],
    ["http://snomed.info/sct (20230731) int", { system: "http://snomed.info/sct", version: "20230731" }],
    ["http://snomed.info/sct (2023", { system: "http://snomed.info/sct (2023" }],
    ["", {}],
    [undefined, {}],
  ])("is taken apart: %s", (id, expected) => {
    expect(readTerminologyId(id)).toEqual(expected);
  });

  it("shortens the edition of SNOMED CT to its date", () => {
    const version = "http://snomed.info/sct/11000274103/version/20240515";
    expect(writeTerminologyId({ system: "http://snomed.info/sct", version })).toBe("http://snomed.info/sct (20240515)");
  });

  it("is not written for a version without a system", () => {
    expect(writeTerminologyId({ version: "2019" })).toBeUndefined();
  });

  it("comes back with its version", () => {
    fc.assert(
      fc.property(systems, fc.option(codes, { nil: undefined }), (system, version) => {
        const parts = { system, ...(version !== undefined && { version }) };
        expect(readTerminologyId(writeTerminologyId(parts))).toEqual(parts);
      }),
    );
  });
});

describe("a CODE_PHRASE", () => {
  it("comes back from a Coding", () => {
    fc.assert(
      fc.property(codes, systems, fc.option(codes, { nil: undefined }), (code, system, version) => {
        const value = phrase(code, version === undefined ? system : `${system} (${version})`);
        const fhir = codePhrase.toFhir(value, utc);
        expect(fhir).toEqual({ type: "Coding", value: { system, ...(version !== undefined && { version }), code } });
        expect(codePhrase.toOpenEhr(fhirNode("Coding", fhir?.value ?? null), utc)).toEqual(value);
      }),
    );
  });

  it("shows its preferred term as display, and takes it from there", () => {
    const value = phrase("22298006", "sct", "Infarction");
    const coding = { system: "sct", code: "22298006", display: "Infarction" };
    expect(codePhrase.toFhir(value, utc)?.value).toEqual(coding);
    expect(codePhrase.toOpenEhr(fhirNode("Coding", coding), utc)).toEqual(value);
    expect(codePhrase.toOpenEhr(fhirNode("Coding", coding), today)).toEqual(phrase("22298006", "sct"));
  });

  it("comes back from a string", () => {
    fc.assert(
      fc.property(codes, systems, fc.option(codes, { nil: undefined }), (code, system, version) => {
        const terminology = version === undefined ? system : `${system} (${version})`;
        const value = phrase(code, terminology);
        expect(toFhirElement(value, "string", today)).toBe(`${terminology}::${code}`);
        expect(codePhrase.toOpenEhr(fhirNode("string", `${terminology}::${code}`), today)).toEqual(value);
        expect(toFhirElement(value, "code", today)).toBe(code);
      }),
    );
  });

  it("takes the first coding of a concept, and a bare code", () => {
    const concept = { coding: [{ code: "a", system: "urn:s" }, { code: "b" }] };
    expect(codePhrase.toOpenEhr(fhirNode("CodeableConcept", concept), utc)).toEqual(phrase("a", "urn:s"));
    expect(codePhrase.toOpenEhr(fhirNode("code", "final"), utc)).toEqual(phrase("final"));
  });

  it.each([
    ["Coding", { system: "urn:s", display: "no code" }],
    ["CodeableConcept", { text: "only text" }],
    ["string", "text"],
    ["string", "::text"],
    ["string", "text::"],
    ["code", ""],
  ] as [string, JsonValue][])("is not made of a %s without code: %j", (type, value) => {
    expect(codePhrase.toOpenEhr(fhirNode(type, value), utc)).toBeUndefined();
  });
});

describe("a TERM_MAPPING", () => {
  it("comes back from a Coding", () => {
    fc.assert(
      fc.property(codes, systems, fc.option(texts, { nil: undefined }), (code, system, term) => {
        const value = { _type: "TERM_MAPPING", match: "=", target: phrase(code, system, term) };
        const fhir = termMapping.toFhir(value, utc);
        expect(fhir).toEqual({ type: "Coding", value: { system, code, ...(term !== undefined && { display: term }) } });
        expect(termMapping.toOpenEhr(fhirNode("Coding", fhir?.value ?? null), utc)).toEqual(value);
      }),
    );
  });

  it("is not made of what has no code", () => {
    expect(termMapping.toOpenEhr(fhirNode("Coding", { display: "D" }), utc)).toBeUndefined();
    expect(termMapping.toOpenEhr(fhirNode("code", "c"), utc)).toBeUndefined();
  });
});

describe("a DV_CODED_TEXT", () => {
  const fromConcept = (value: JsonValue) => dvCodedText.toOpenEhr(fhirNode("CodeableConcept", value), utc);

  it("comes back from a CodeableConcept", () => {
    fc.assert(
      fc.property(texts, codes, systems, (text, code, system) => {
        const value = codedText(text, phrase(code, system));
        const fhir = dvCodedText.toFhir(value, utc);
        expect(fhir).toEqual({ type: "CodeableConcept", value: { coding: [{ system, code, display: text }], text } });
        expect(fromConcept(fhir?.value ?? null)).toEqual(value);
      }),
    );
  });

  it("brings its term mappings along as further codings, and back", () => {
    fc.assert(
      fc.property(fc.uniqueArray(codes, { maxLength: 5 }), texts, (others, term) => {
        const mappings = others.map((code) => ({
          _type: "TERM_MAPPING",
          match: "=",
          target: phrase(code, "urn:other", term),
        }));
        const value = codedText("Own", phrase("own", "urn:own"), mappings.length === 0 ? undefined : mappings);
        const fhir = dvCodedText.toFhir(value, utc);
        expect(fhir?.value).toMatchObject({
          coding: [{ code: "own" }, ...others.map((code) => ({ code, system: "urn:other", display: term }))],
        });
        expect(fromConcept(fhir?.value ?? null)).toEqual(value);
      }),
    );
  });

  it("does not say how a further coding relates, as today's engine has it", () => {
    const concept = { coding: [{ code: "own" }, { code: "other" }] };
    expect(dvCodedText.toOpenEhr(fhirNode("CodeableConcept", concept), today)?.mappings).toMatchObject([
      { match: "?" },
    ]);
  });

  it("keeps text and display apart, and gives both back", () => {
    fc.assert(
      fc.property(texts, texts, codes, systems, (text, display, code, system) => {
        const concept = { coding: [{ system, code, display }], text };
        const value = fromConcept(concept) as RmObject;
        expect(value).toEqual(codedText(text, phrase(code, system, display === text ? undefined : display)));
        expect(dvCodedText.toFhir(value, utc)?.value).toEqual(concept);
      }),
    );
  });

  it("has one label as today's engine has it", () => {
    const value = codedText("Text", phrase("c", "urn:s", "Term"));
    expect(dvCodedText.toFhir(value, today)?.value).toEqual({
      coding: [{ system: "urn:s", code: "c", display: "Text" }],
      text: "Text",
    });
    const concept = { coding: [{ code: "c", display: "Display" }], text: "Text" };
    expect(dvCodedText.toOpenEhr(fhirNode("CodeableConcept", concept), today)).toEqual(codedText("Text", phrase("c")));
  });

  it("is coded by the coding that the template asks for", () => {
    const coding = [
      { code: "c", system: "urn:other" },
      { code: "zz", system: "local" },
      { code: "at0031", system: "local" },
    ];
    const status = [...descendants(wardTemplate.root)].find(
      (node) =>
        node.rmType === "DV_CODED_TEXT" &&
        node.inputs.some(({ list }) => list?.some(({ value }) => value === "at0031")),
    );
    const coded = (context: ConversionContext) =>
      dvCodedText.toOpenEhr(fhirNode("CodeableConcept", { coding }), context, status)?.defining_code;
    expect(coded(utc)).toMatchObject({ code_string: "at0031" });
    expect(coded(today)).toMatchObject({ code_string: "c" });
  });

  it("shows the version of a mapped code system by the language page, and not as today's engine does", () => {
    const target = phrase("b", "urn:other (2024)");
    const value = codedText("Own", phrase("own", "urn:own"), [{ _type: "TERM_MAPPING", match: "?", target }]);
    const further = (semantics: Semantics) => dvCodedText.toFhir(value, { timeZone: "UTC", semantics })?.value;
    expect(further(v1Semantics)).toMatchObject({ coding: [{ code: "own" }, { code: "b", version: "2024" }] });
    expect(further(openFhirSemantics)).not.toMatchObject({ coding: [{}, { version: "2024" }] });
  });

  it.each([
    [{ text: "Text", coding: [{ code: "c", display: "Display" }] }, "Text"],
    [{ coding: [{ code: "c", display: "Display" }] }, "Display"],
    [{ coding: [{ code: "c" }] }, "c"],
  ])("reads as text, else display, else code: %j", (concept, expected) => {
    expect(fromConcept(concept)?.value).toBe(expected);
  });

  it("passes over codings without code", () => {
    expect(fromConcept({ coding: [{ display: "none" }, { code: "c" }] })).toEqual(codedText("c", phrase("c")));
  });

  it("is not made of a concept without any code", () => {
    expect(fromConcept({ text: "only text" })).toBeUndefined();
    expect(fromConcept({ coding: [{ display: "none" }] })).toBeUndefined();
  });

  it.each([
    ["Coding", { code: "c", system: "urn:s", display: "D" }, codedText("D", phrase("c", "urn:s"))],
    ["Coding", { code: "c" }, codedText("c", phrase("c"))],
    ["code", "final", codedText("final", phrase("final"))],
    ["Identifier", { value: "7", system: "urn:s" }, codedText("7", phrase("7", "urn:s"))],
  ] as [string, JsonValue, RmObject][])("is made of a %s: %j", (type, value, expected) => {
    expect(dvCodedText.toOpenEhr(fhirNode(type, value), utc)).toEqual(expected);
  });
});

describe("a DV_TEXT", () => {
  const toOpenEhr = (type: string, value: JsonValue) => dvText.toOpenEhr(fhirNode(type, value), utc);

  it("comes back from a string", () => {
    fc.assert(
      fc.property(texts, (value) => {
        expect(dvText.toFhir({ _type: "DV_TEXT", value }, utc)).toMatchObject({ type: "string", value });
        expect(toOpenEhr("string", value)).toEqual({ _type: "DV_TEXT", value });
      }),
    );
  });

  it.each([
    ["CodeableConcept", { text: "Words" }, "Words"],
    ["Annotation", { text: "Words" }, "Words"],
    ["Address", { text: "Street 1", city: "Town" }, "Street 1"],
    ["HumanName", { given: ["Ada", "B"], family: "Cee" }, "Ada B Cee"],
    ["HumanName", { prefix: ["Dr"], given: ["Ada"], family: "Cee", suffix: ["MD", "PhD"] }, "Dr Ada Cee MD PhD"],
    ["HumanName", { text: "Dr Cee", family: "Cee" }, "Dr Cee"],
    ["Quantity", { value: 7.5, unit: "mg" }, "7.5"],
    ["markdown", "*Words*", "*Words*"],
    ["boolean", true, "true"],
    ["integer", 3, "3"],
    ["dateTime", "2024-01-03T04:05:06+01:00", "2024-01-03T03:05:06"],
  ] as [string, JsonValue, string][])("takes the one text of a %s: %j", (type, value, expected) => {
    expect(toOpenEhr(type, value)).toEqual({ _type: "DV_TEXT", value: expected });
  });

  it("keeps all codings of a concept as term mappings, and gives them back", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.record({ system: systems, code: codes, display: texts })), (text, coding) => {
        const concept = { ...(coding.length > 0 && { coding }), text };
        const value = toOpenEhr("CodeableConcept", concept);
        expect(value).toMatchObject({ _type: "DV_TEXT", value: text });
        expect(toFhirElement(value as RmObject, "CodeableConcept", utc)).toEqual(concept);
      }),
    );
  });

  it("keeps the code of a Coding as a term mapping, and gives it back", () => {
    fc.assert(
      fc.property(systems, codes, texts, (system, code, display) => {
        const coding = { system, code, display };
        const value = toOpenEhr("Coding", coding);
        expect(value).toMatchObject({ _type: "DV_TEXT", value: display });
        expect(toFhirElement(value as RmObject, "Coding", utc)).toEqual(coding);
      }),
    );
  });

  it("becomes a coded text for a concept with a code as today's engine has it", () => {
    const concept = { text: "Words", coding: [{ code: "c" }] };
    expect(dvText.toOpenEhr(fhirNode("CodeableConcept", concept), today)).toEqual(codedText("Words", phrase("c")));
  });

  it("is the display of a Coding without a code", () => {
    for (const context of [utc, today])
      expect(dvText.toOpenEhr(fhirNode("Coding", { display: "Words" }), context)?.value).toBe("Words");
  });

  it.each([
    ["Period", { start: "2024" }],
    ["Reference", { reference: "Patient/1" }],
    ["CodeableConcept", {}],
    ["HumanName", {}],
    ["string", "   "],
  ] as [string, JsonValue][])("is not made of a %s: %j", (type, value) => {
    expect(toOpenEhr(type, value)).toBeUndefined();
  });
});
