import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codePhrase } from "../../../src/engine/datatypes/code-phrase.js";
import { dvCodedText } from "../../../src/engine/datatypes/dv-coded-text.js";
import { dvText } from "../../../src/engine/datatypes/dv-text.js";
import { readTerminologyId, writeTerminologyId } from "../../../src/engine/datatypes/terminology-id.js";
import { openFhirSemantics, type Semantics, v1Semantics } from "../../../src/engine/semantics.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { fhirNode, runIn } from "../fixtures/fhir-node.js";

const utc = runIn("UTC");

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
const systems = fc.webUrl();

describe("a terminology id", () => {
  it.each([
    ["http://snomed.info/sct", { system: "http://snomed.info/sct" }],
    ["http://snomed.info/sct (20230731)", { system: "http://snomed.info/sct", version: "20230731" }],
    ["ICD10(2019)", { system: "ICD10", version: "2019" }],
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

  it("shows its preferred term as display", () => {
    expect(codePhrase.toFhir(phrase("22298006", "sct", "Infarction"), utc)?.value).toMatchObject({
      display: "Infarction",
    });
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
    ["code", ""],
  ] as [string, JsonValue][])("is not made of a %s without code: %j", (type, value) => {
    expect(codePhrase.toOpenEhr(fhirNode(type, value), utc)).toBeUndefined();
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
          match: "?",
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
        expect(dvText.toFhir({ _type: "DV_TEXT", value }, utc)).toEqual({ type: "string", value });
        expect(toOpenEhr("string", value)).toEqual({ _type: "DV_TEXT", value });
      }),
    );
  });

  it.each([
    ["CodeableConcept", { text: "Words" }, "Words"],
    ["Annotation", { text: "Words" }, "Words"],
    ["Address", { text: "Street 1", city: "Town" }, "Street 1"],
    ["HumanName", { given: ["Ada", "B"], family: "Cee" }, "Ada B Cee"],
    ["HumanName", { text: "Dr Cee", family: "Cee" }, "Dr Cee"],
    ["Quantity", { value: 7.5, unit: "mg" }, "7.5"],
    ["Extension", { url: "urn:u", valueString: "Words" }, "Words"],
    ["Extension", { url: "urn:u", valueCodeableConcept: { text: "Words" } }, "Words"],
    ["markdown", "*Words*", "*Words*"],
    ["boolean", true, "true"],
    ["integer", 3, "3"],
    ["dateTime", "2024-01-03T04:05:06+01:00", "2024-01-03T03:05:06"],
  ] as [string, JsonValue, string][])("takes the one text of a %s: %j", (type, value, expected) => {
    expect(toOpenEhr(type, value)).toEqual({ _type: "DV_TEXT", value: expected });
  });

  it("becomes a coded text for a concept with a code", () => {
    expect(toOpenEhr("CodeableConcept", { text: "Words", coding: [{ code: "c" }] })).toEqual(
      codedText("Words", phrase("c")),
    );
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
