import { describe, expect, it } from "vitest";
import { dvCodedText } from "../../../src/engine/datatypes/dv-coded-text.js";
import { ratioToDosageAction } from "../../../src/engine/functions/dosage.js";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import { openFhirSemantics, semanticsCalled, v1Semantics } from "../../../src/engine/semantics.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import type { SemanticsName } from "../../../src/fhirconnect/dialect/semantics-setting.js";
import { resourcesOf, toFlat, type WardModel, wardContext, wardModel, wardSettings } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const items = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";
const remark = "ward/pulse/any_event:0/remark";

/** The same files, read with one meaning or the other. */
function mapperReadAs(semantics: SemanticsName, models: readonly WardModel[]): Mapper {
  const mappings = models.map(wardModel);
  return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics });
}

function observation(mappings: string): WardModel {
  return { name: "OBSERVATION.pulse.v1", type: "Observation", body: `mappings:\n${mappings}` };
}

/** What a resource is mapped to, read as openFHIR reads the files and as v1.0.0 does. */
function openEhrOf(models: readonly WardModel[], resource: JsonObject) {
  const as = (name: SemanticsName) => toFlat(mapperReadAs(name, models), resource);
  return { openfhir: as("openfhir"), v1: as("v1") };
}

/** What a FLAT composition is mapped to, read in both ways. */
function fhirOf(models: readonly WardModel[], flat: JsonValue) {
  const as = (name: SemanticsName) => {
    const mapper = mapperReadAs(name, models);
    return resourcesOf(mapper.toFhir(mapper.readComposition(flat, wardSettings), wardSettings));
  };
  return { openfhir: as("openfhir"), v1: as("v1") };
}

const method = `  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }`;
const noted = { resourceType: "Observation", method: { text: "cuff" } };

/** The notes of an Observation that pass a condition, beside a text that is always mapped. */
function notes(condition: string): readonly WardModel[] {
  return [
    observation(`${method}
  - name: note
    with: { fhir: "$resource.note.text", openehr: "${items}[at0006]/items[at0007]" }
    fhirCondition: ${condition}`),
  ];
}
const note = "ward/pulse/any_event:0/reading:0/note:0";

describe("files read as v1.0.0 and as openFHIR differ:", () => {
  it("a criterion is the whole value, or occurs in it", () => {
    const models = notes(
      `{ targetRoot: "$resource.note", targetAttribute: author, operator: one of, criteria: nurse }`,
    );
    const { openfhir, v1 } = openEhrOf(models, { ...noted, note: [{ authorString: "head nurse", text: "calm" }] });
    expect(openfhir[note]).toBe("calm");
    expect(v1[note]).toBeUndefined();
  });

  it("of criteria in one bracketed text all count, or the first", () => {
    const models = notes(
      `{ targetRoot: "$resource.note", targetAttribute: author, operator: one of, criteria: "[doctor, nurse]" }`,
    );
    const { openfhir, v1 } = openEhrOf(models, { ...noted, note: [{ authorString: "nurse", text: "calm" }] });
    expect(openfhir[note]).toBeUndefined();
    expect(v1[note]).toBe("calm");
  });

  it("a condition on another element is a switch, or read on the mapped element", () => {
    const models = notes(`{ targetRoot: "$resource.code", targetAttribute: text, operator: one of, criteria: pulse }`);
    const { openfhir, v1 } = openEhrOf(models, { ...noted, code: { text: "pulse" }, note: [{ text: "calm" }] });
    expect(openfhir[note]).toBeUndefined();
    expect(v1[note]).toBe("calm");
  });

  it("values below a list member without repetition of its own go into the last member, or each to its own index", () => {
    const member = (name: string, path: string) => `  - name: ${name}
    with: { fhir: "$resource.note", openehr: "$archetype", type: NONE }
    followedBy: { mappings: [{ name: words, with: { fhir: "text", openehr: "${path}" } }] }`;
    const device = "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]";
    const models = [observation([member("of device", device), member("of remark", `${items}[at0005]`)].join("\n"))];
    const { openfhir, v1 } = fhirOf(models, { "ward/pulse/device:0/device_name": "D", [`${remark}:0`]: "r" });
    expect(openfhir[0]?.note).toEqual([{ text: "r" }]);
    expect(v1[0]?.note).toEqual([{ text: "D" }, { text: "r" }]);
  });

  it("a programmed mapping gives a Ratio to FHIR, or only the daily Timing", () => {
    const models = [
      observation(`${method}
  - { name: ratio, with: { fhir: "$resource.value", openehr: "${items}[at0004]" }, mappingCode: ratio_to_dv_quantity }`),
    ];
    const flat = {
      [`${remark}:0`]: "cuff",
      "ward/pulse/any_event:0/rate|magnitude": 5,
      "ward/pulse/any_event:0/rate|unit": "mL/h",
    };
    const { openfhir, v1 } = fhirOf(models, flat);
    expect(openfhir[0]?.valueRatio).toBeUndefined();
    expect(v1[0]?.valueRatio).toMatchObject({
      numerator: { value: 5, unit: "mL" },
      denominator: { value: 1, unit: "h" },
    });
  });

  it("minutes of a duration written in components stay minutes, or are counted as hours", () => {
    const durationOf = (name: SemanticsName) => {
      const written: unknown[] = [];
      const place = { write: (_: unknown, value: unknown) => written.push(value) > 0, clear: () => {} };
      const value = {
        numerator: { value: 30, unit: "mg", code: "mg" },
        denominator: { value: 1.5, unit: "h", code: "h" },
      };
      const context = { timeZone: "UTC", semantics: semanticsCalled(name) };
      ratioToDosageAction.toOpenEhr({ type: "Ratio", value } as never, place as never, context);
      return written.at(-1);
    };
    expect(durationOf("openfhir")).toMatchObject({ _type: "DV_DURATION", value: "PT31H" });
    expect(durationOf("v1")).toMatchObject({ _type: "DV_DURATION", value: "PT1H30M" });
  });

  it("the reason for an absent value in a list without values is read, or overlooked", () => {
    const model = {
      name: "EVALUATION.problem.v1",
      type: "Patient",
      body: `mappings:
  - { name: family, with: { fhir: "$resource.name.family", openehr: "$archetype/data[at0001]/items[at0008 and name/value='Left']" } }
  - { name: given, with: { fhir: "$resource.name.given", openehr: "$archetype/data[at0001]/items[at0002]" } }`,
    };
    const url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    const absent = { extension: [{ url, valueCode: "masked" }] };
    const patient = { resourceType: "Patient", name: [{ family: "F", _given: [absent] }] };
    const { openfhir, v1 } = openEhrOf([model], patient);
    const flavour = "ward/problem:0/diagnosis/_null_flavour|code";
    expect(openfhir[flavour]).toBeUndefined();
    expect(v1[flavour]).toBe("272");
  });

  it("a date without day stays partial, or gets the first day", () => {
    const body = `mappings:
  - { name: end, with: { fhir: "$resource.abatement.as(dateTime)", openehr: "$archetype/data[at0001]/items[at0007]" } }`;
    const model = { name: "EVALUATION.problem.v1", type: "Condition", body };
    const { openfhir, v1 } = openEhrOf([model], { resourceType: "Condition", abatementDateTime: "2024-05" });
    expect(openfhir["ward/problem:0/abatement"]).toBe("2024-05-01");
    expect(v1["ward/problem:0/abatement"]).toBe("2024-05");
  });

  it("a FHIR date without day at a place for moments stays partial, or gets the first day", () => {
    const body = `mappings:
  - { name: onset, with: { fhir: "$resource.extension.value.as(date)", openehr: "$archetype/data[at0001]/items[at0004]" } }`;
    const model = { name: "EVALUATION.problem.v1", type: "Condition", body };
    const extension = [{ url: "urn:onset", valueDate: "2024-05" }];
    const { openfhir, v1 } = openEhrOf([model], { resourceType: "Condition", extension });
    expect(openfhir["ward/problem:0/onset"]).toBe("2024-05-01");
    expect(v1["ward/problem:0/onset"]).toBe("2024-05");
  });

  it("the version of a mapped code system is kept, or dropped", () => {
    const phrase = (code: string, terminology: string) => ({
      _type: "CODE_PHRASE",
      code_string: code,
      terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
    });
    const mapping = { _type: "TERM_MAPPING", match: "?", target: phrase("b", "urn:other (2024)") };
    const value = {
      _type: "DV_CODED_TEXT",
      value: "Own",
      defining_code: phrase("own", "urn:own"),
      mappings: [mapping],
    };
    const versionOf = (semantics: typeof v1Semantics) =>
      JSON.stringify(dvCodedText.toFhir(value as never, { timeZone: "UTC", semantics })?.value).includes(
        `"version":"2024"`,
      );
    expect([versionOf(openFhirSemantics), versionOf(v1Semantics)]).toEqual([false, true]);
  });

  it("a slot that names its own model is followed as deep as the data go, or cut", () => {
    const start = observation(`${method}
  - name: device
    with: { fhir: "$resource.device", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    slotArchetype: CLUSTER.device.v1`);
    const device = {
      name: "CLUSTER.device.v1",
      type: "Device",
      body: `mappings:
  - { name: name, with: { fhir: "$resource.deviceName.name", openehr: "$archetype/items[at0001]" } }
  - { name: part name, with: { fhir: "$resource.distinctIdentifier", openehr: "$archetype/items[at0003]" } }
  - { name: part, with: { fhir: "$resource.parent", openehr: "$archetype/items[at0002]" }, slotArchetype: CLUSTER.device.v1 }`,
    };
    const flat = {
      [`${remark}:0`]: "cuff",
      "ward/pulse/device:0/device_name": "D",
      "ward/pulse/device:0/part:0/part_name": "P",
    };
    const { openfhir, v1 } = fhirOf([start, device], flat);
    expect(openfhir[0]?.contained).toMatchObject([{ id: "1", deviceName: [{ name: "D" }] }]);
    expect(v1[0]?.contained).toMatchObject([
      { id: "1", deviceName: [{ name: "D" }], parent: { reference: "#2" } },
      { id: "2", distinctIdentifier: "P" },
    ]);
  });
});
