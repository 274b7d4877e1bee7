import { expect } from "vitest";
import { ratioToDosageAction } from "../../../src/engine/functions/dosage.js";
import type { Semantics } from "../../../src/engine/semantics.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { toFhirElement, toRmValue } from "../datatypes/data-type-samples.js";
import { fhirNode } from "../fixtures/fhir-node.js";
import type { Example } from "./example.js";

const timeZone = "Europe/Berlin";

const toElement = (value: RmObject, fhirType: string) => (semantics: Semantics) =>
  toFhirElement(value, fhirType, { timeZone, semantics });
const toValue = (value: JsonValue, fhirType: string, rmType: string) => (semantics: Semantics) =>
  toRmValue(value, fhirType, rmType, { timeZone, semantics });

const phrase = (code: string, terminology: string, more: object = {}): RmObject => ({
  _type: "CODE_PHRASE",
  code_string: code,
  terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
  ...more,
});

/** What `ratio_to_dosage_action` writes for an hour and a half. */
function durationInComponents(semantics: Semantics): unknown {
  const written: unknown[] = [];
  const place = { write: (_: unknown, value: unknown) => written.push(value) > 0, clear: () => {} };
  const ratio = { numerator: { value: 30, unit: "mg", code: "mg" }, denominator: { value: 1.5, unit: "h", code: "h" } };
  ratioToDosageAction.toOpenEhr(fhirNode("Ratio", ratio), place as never, { timeZone, semantics });
  return written.at(-1);
}

/** Members that show on the conversion of one value. */
export const conversionExamples = {
  durationComponents: {
    where: "a duration is written in components",
    outcome: durationInComponents,
    openfhir: { _type: "DV_DURATION", value: "PT31H" },
    v1: { _type: "DV_DURATION", value: "PT1H30M" },
  },
  repeatedHour: {
    where: "a FHIR time is in the first run of the hour that winter time repeats",
    outcome: toValue("2024-10-27T02:30:00+02:00", "dateTime", "DV_DATE_TIME"),
    openfhir: { _type: "DV_DATE_TIME", value: "2024-10-27T02:30:00" },
    v1: { _type: "DV_DATE_TIME", value: "2024-10-27T02:30:00+02:00" },
  },
  termMappingVersion: {
    where: "the target of a term mapping has a version",
    outcome: (semantics: Semantics) =>
      JSON.stringify(
        toElement(
          {
            _type: "DV_CODED_TEXT",
            value: "Own",
            defining_code: phrase("own", "urn:own"),
            mappings: [{ _type: "TERM_MAPPING", match: "?", target: phrase("b", "urn:other (2024)") }],
          },
          "CodeableConcept",
        )(semantics),
      ).includes(`"version":"2024"`),
    openfhir: false,
    v1: true,
  },
  codedTexts: {
    where: "a code has a preferred term beside its text",
    outcome: toElement(
      {
        _type: "DV_CODED_TEXT",
        value: "Fever",
        defining_code: phrase("386661006", "http://snomed.info/sct", { preferred_term: "Fever (finding)" }),
      },
      "Coding",
    ),
    openfhir: expect.objectContaining({ code: "386661006", display: "Fever" }),
    v1: expect.objectContaining({ code: "386661006", display: "Fever (finding)" }),
  },
  units: {
    where: "a bare number becomes a quantity",
    outcome: toValue(5, "decimal", "DV_QUANTITY"),
    openfhir: { _type: "DV_QUANTITY", magnitude: 5 },
    v1: { _type: "DV_QUANTITY", magnitude: 5, units: "1" },
  },
  periods: {
    where: "a Period stands at a place of one moment",
    outcome: toValue(
      { start: "2024-06-01T10:00:00+02:00", end: "2024-06-01T11:00:00+02:00" },
      "Period",
      "DV_DATE_TIME",
    ),
    openfhir: undefined,
    v1: { _type: "DV_DATE_TIME", value: "2024-06-01T11:00:00" },
  },
  attachments: {
    where: "an Attachment says its language",
    outcome: toValue(
      { contentType: "image/png", url: "https://x.example/1", language: "de" },
      "Attachment",
      "DV_MULTIMEDIA",
    ),
    openfhir: expect.not.objectContaining({ language: expect.anything() }),
    v1: expect.objectContaining({ language: expect.objectContaining({ code_string: "de" }) }),
  },
  references: {
    where: "a Reference stands where openEHR has a party",
    outcome: toValue({ display: "Dr. A" }, "Reference", "PARTY_IDENTIFIED"),
    openfhir: undefined,
    v1: { _type: "PARTY_IDENTIFIED", name: "Dr. A" },
  },
  partyIdentifiers: {
    where: "an Identifier becomes a party",
    outcome: toValue({ system: "urn:s", value: "7" }, "Identifier", "PARTY_IDENTIFIED"),
    openfhir: { _type: "PARTY_IDENTIFIED", identifiers: [{ _type: "DV_IDENTIFIER", assigner: "urn:s", id: "7" }] },
    v1: { _type: "PARTY_IDENTIFIED", identifiers: [{ _type: "DV_IDENTIFIER", issuer: "urn:s", id: "7" }] },
  },
} satisfies Partial<Record<keyof Semantics, Example>>;
