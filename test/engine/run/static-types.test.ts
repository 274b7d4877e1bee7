import { describe, expect, it } from "vitest";
import { staticType } from "../../../src/engine/compile/static-type.js";
import { convertToFhirAs } from "../../../src/engine/datatypes/conversions.js";
import { openFhirSemantics, v1Semantics } from "../../../src/engine/semantics.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { toResource, wardMapper } from "../fixtures/ward-mapper.js";

const context = { timeZone: "Europe/Berlin", semantics: openFhirSemantics };

/** A value read as one of another class. */
function readAs(value: Record<string, unknown> & { _type: string }, rmType: string) {
  const { type, value: data } = convertToFhirAs(value as RmObject, rmType, context) ?? {};
  return { type, data };
}

const coded = {
  _type: "DV_CODED_TEXT",
  value: "fever",
  defining_code: {
    _type: "CODE_PHRASE",
    code_string: "f",
    terminology_id: { _type: "TERMINOLOGY_ID", value: "urn:s" },
  },
};
const event = {
  _type: "INTERVAL_EVENT",
  time: { _type: "DV_DATE_TIME", value: "2024-05-01T10:00:00" },
  width: { _type: "DV_DURATION", value: "PT1H" },
};
const start = "2024-05-01T10:00:00+02:00";

describe("a static type", () => {
  it("of text leaves a coded text its codes", () => {
    expect(readAs(coded, "DV_TEXT")).toMatchObject({ type: "CodeableConcept", data: { text: "fever" } });
  });

  it("of text leaves a coded text without a code what it is", () => {
    const label = { _type: "DV_CODED_TEXT", value: "fever" };
    expect(readAs(label, "DV_TEXT")).toMatchObject({ type: "CodeableConcept", data: { text: "fever" } });
  });

  it("of text takes what has one part as it is written", () => {
    expect(readAs({ _type: "DV_COUNT", magnitude: 3 }, "DV_TEXT")).toEqual({ type: "string", data: "3" });
    expect(readAs({ _type: "DV_BOOLEAN", value: true }, "DV_TEXT")).toEqual({ type: "string", data: "true" });
    expect(readAs({ _type: "DV_DATE", value: "2024-05-01" }, "DV_TEXT")).toEqual({
      type: "string",
      data: "2024-05-01",
    });
  });

  it("of a time reads dates and texts that are one, and no label of a code", () => {
    expect(readAs({ _type: "DV_DATE", value: "2024-05-01" }, "DV_DATE_TIME").type).toBe("dateTime");
    expect(readAs({ _type: "DV_DATE_TIME", value: "2024-05-01T10:00:00" }, "DV_DATE")).toEqual({
      type: "date",
      data: "2024-05-01",
    });
    expect(readAs(coded, "DV_DATE_TIME").type).toBeUndefined();
  });

  it("of a quantity takes a coded text or the symbol of an ordinal as unit, without a value", () => {
    const unit = { type: "Quantity", data: { unit: "fever", code: "f" } };
    expect(readAs(coded, "DV_QUANTITY")).toEqual(unit);
    expect(readAs({ _type: "DV_ORDINAL", value: 3, symbol: coded }, "DV_QUANTITY")).toEqual(unit);
    expect(readAs({ _type: "DV_TEXT", value: "fever" }, "DV_QUANTITY").type).toBeUndefined();
  });

  it("of a quantity leaves an ordinal to its own rule where the node says what is meant", () => {
    expect(staticType("QUANTITY", openFhirSemantics)).toBe("DV_QUANTITY");
    expect(staticType("QUANTITY", v1Semantics)).toBeUndefined();
    expect(staticType("CODING", v1Semantics)).toBe("CODE_PHRASE");
  });

  it("of an interval takes that of quantities as Range", () => {
    const bound = (magnitude: number) => ({ _type: "DV_QUANTITY", magnitude, units: "mg" });
    const interval = { _type: "DV_INTERVAL", lower: bound(1), upper: bound(2) };
    expect(readAs(interval, "DV_INTERVAL")).toMatchObject({
      type: "Range",
      data: { low: { value: 1, unit: "mg" }, high: { value: 2, unit: "mg" } },
    });
  });

  it("of an event takes its time alone, or a Period in any case", () => {
    expect(readAs(event, "POINT_EVENT")).toEqual({ type: "dateTime", data: start });
    expect(readAs(event, "EVENT")).toMatchObject({ type: "Period", data: { start, end: "2024-05-01T11:00:00+02:00" } });
    const { width: _without, ...point } = event;
    expect(readAs({ ...point, _type: "POINT_EVENT" }, "INTERVAL_EVENT")).toEqual({ type: "Period", data: { start } });
  });

  it("decides which type a choice element takes; a day read as a time is its midnight", () => {
    const mapper = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - name: abatement
    with: { fhir: "$resource.abatement", openehr: "$archetype/data[at0001]/items[at0007]", type: DATETIME }`,
    });
    expect(toResource(mapper, { "ward/problem:0/abatement": "2024-05-01" })).toMatchObject({
      abatementDateTime: "2024-05-01T00:00:00+02:00",
    });
  });

  it("reads a time behind a segment in FLAT spelling, which is a text as it is written without one", () => {
    const end = (type: string) => {
      const mapper = wardMapper({
        name: "EVALUATION.problem.v1",
        type: "Encounter",
        body: `mappings:
  - { name: end, with: { fhir: "$resource.period.end", openehr: "$composition/context/_end_time"${type} } }`,
      });
      return toResource(mapper, { "ward/context/_end_time": "2024-05-01T10:00:00" }).period;
    };
    expect(end("")).toEqual({ end: "2024-05-01T10:00:00" });
    expect(end(", type: DATETIME")).toEqual({ end: "2024-05-01T10:00:00+02:00" });
    expect(end(", type: TEXT")).toEqual({ end: "2024-05-01T10:00:00" });
  });
});
