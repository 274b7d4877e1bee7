import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { NumberText } from "../../../src/openehr/json/number-text.js";
import { isRmObject, type RmObject } from "../../../src/openehr/rm/rm-object.js";
import { byRemark, event, flatOf, items, mapperOf, pulse, rate, ratesOf } from "../fixtures/hierarchies.js";
import { resourcesOf, toResource, toResources, type WardModel, wardSettings } from "../fixtures/ward-mapper.js";
import { manyPulsesTemplate } from "../fixtures/ward-template.js";

/** The first measured value of compositions. */
function firstQuantity(compositions: readonly RmObject[]): RmObject {
  const left: unknown[] = [...compositions];
  for (let value = left.shift(); value !== undefined; value = left.shift()) {
    if (isRmObject(value) && value._type === "DV_QUANTITY") return value;
    if (typeof value === "object" && value !== null) left.unshift(...Object.values(value));
  }
  throw new Error("no DV_QUANTITY");
}

describe("a hierarchy with `unique`, openEHR to FHIR", () => {
  const mapper = mapperOf("v1", [byRemark]);

  it("makes one resource of all occurrences with the same values, in order of first appearance", () => {
    const flat = flatOf([
      { rate: 60, remarks: ["rest"] },
      { rate: 90, remarks: ["run"] },
      { rate: 62, remarks: ["rest"] },
    ]);
    expect(ratesOf(toResources(mapper, flat))).toEqual([[60, 62], [90]]);
  });

  it("takes a missing value for a value of its own", () => {
    const flat = flatOf([{ rate: 60 }, { rate: 90, remarks: ["run"] }, { rate: 61 }]);
    expect(ratesOf(toResources(mapper, flat))).toEqual([[60, 61], [90]]);
  });

  it("compares all values of a tuple, in their order", () => {
    const flat = flatOf([
      { rate: 60, remarks: ["a", "b"] },
      { rate: 61, remarks: ["a"] },
      { rate: 62, remarks: ["b", "a"] },
      { rate: 63, remarks: ["a", "b"] },
    ]);
    expect(ratesOf(toResources(mapper, flat))).toEqual([[60, 63], [61], [62]]);
  });

  it("gives every resource what the composition says once", () => {
    const flat = { ...flatOf([{ rate: 60, remarks: ["a"] }, { rate: 61 }]), "ward/context/report_id": "R" };
    expect(toResources(mapper, flat).map(({ method }) => method)).toEqual([{ text: "R" }, { text: "R" }]);
  });

  it("compares data and not what is shown: units count, zeros behind the point do not", () => {
    const byRate = mapperOf("v1", [
      pulse(
        `{ with: { openehr: "${event}" }, split: { fhir: { create: resource, unique: ["data[at0003]/items[at0004]"] } } }`,
        rate,
        `{ name: remark, with: { fhir: "$resource.note.text", openehr: "${items}[at0005]" } }`,
      ),
    ]);
    const flat = flatOf([
      { rate: 60, remarks: ["a"] },
      { rate: 60, remarks: ["b"] },
      { rate: 60, remarks: ["c"] },
    ]);
    flat["ward/pulse/any_event:1/rate|unit"] = "/h";
    const compositions = byRate.readComposition(flat, wardSettings);
    const measured = firstQuantity(compositions);
    measured.magnitude = new NumberText("60.0");
    const notes = resourcesOf(byRate.toFhir(compositions, wardSettings)).map(({ note }) => note);
    expect(notes).toEqual([[{ text: "a" }, { text: "c" }], [{ text: "b" }]]);
  });

  it("shows of what holds the occurrences only what holds those of the group", () => {
    const byNote = mapperOf("v1", [
      pulse(
        `{ with: { openehr: "${items}[at0006]" }, split: { fhir: { create: resource, unique: ["items[at0007]"] } } }`,
        `{ name: rate, with: { fhir: "$resource.component.value.ofType(Quantity)", openehr: "${items}[at0004]" } }`,
      ),
    ]);
    const flat = flatOf([
      { rate: 60, notes: [["a", 1]] },
      {
        rate: 61,
        notes: [
          ["b", 2],
          ["a", 3],
        ],
      },
      { rate: 62, notes: [["b", 4]] },
    ]);
    expect(ratesOf(toResources(byNote, flat))).toEqual([
      [60, 61],
      [61, 62],
    ]);
  });

  it("maps an archetype without any occurrence, too", () => {
    const many = mapperOf("v1", [byRemark], manyPulsesTemplate);
    const device = `{ name: device, with: { fhir: "$resource.device.display", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]" } }`;
    const withDevice = mapperOf("v1", [{ ...byRemark, body: `${byRemark.body}\n  - ${device}` }], manyPulsesTemplate);
    const flat = { ...flatOf([{ rate: 60 }], "ward/pulse:0"), "ward/pulse:1/device:0/device_name": "D" };
    expect(toResources(withDevice, flat)).toHaveLength(2);
    expect(toResources(many, flat)).toHaveLength(1);
  });

  it("groups archetypes when these are iterated, by the whole value or by a part of it", () => {
    const grouped = (unique: string) => {
      const mapper = mapperOf("v1", [
        {
          name: "EVALUATION.problem.v1",
          type: "Condition",
          body: `preprocessor:
  hierarchy: { with: { openehr: "$archetype" }, split: { fhir: { create: Condition, unique: ["data[at0001]/items[at0002]${unique}"] } } }
mappings:
  - { name: side, with: { fhir: "$resource.note.text", openehr: "$archetype/data[at0001]/items[at0008, 'Left']" } }`,
        },
      ]);
      const flat = Object.fromEntries(
        ["fever", "Fever", "fever"].flatMap((value, at) => [
          [`ward/problem:${at}/diagnosis|code`, "f"],
          [`ward/problem:${at}/diagnosis|terminology`, at === 2 ? "other" : "codes"],
          [`ward/problem:${at}/diagnosis|value`, value],
          [`ward/problem:${at}/left`, String(at)],
        ]),
      );
      return toResources(mapper, flat).map(({ note }) => (note as JsonObject[]).map(({ text }) => text));
    };
    expect(grouped("")).toEqual([["0"], ["1"], ["2"]]);
    expect(grouped("/value/defining_code")).toEqual([["0", "1"], ["2"]]);
    expect(grouped("/value/defining_code/terminology_id")).toEqual([["0", "1"], ["2"]]);
    expect(grouped("/value/value")).toEqual([["0", "2"], ["1"]]);
  });

  it("never groups across archetypes", () => {
    const many = mapperOf("v1", [byRemark], manyPulsesTemplate);
    const flat = {
      ...flatOf(
        [
          { rate: 60, remarks: ["a"] },
          { rate: 61, remarks: ["b"] },
        ],
        "ward/pulse:0",
      ),
      ...flatOf(
        [
          { rate: 70, remarks: ["a"] },
          { rate: 71, remarks: ["a"] },
        ],
        "ward/pulse:1",
      ),
    };
    expect(ratesOf(toResources(many, flat))).toEqual([[60], [61], [70, 71]]);
  });
});

describe("the hierarchy of a model in a slot", () => {
  const parts: WardModel = {
    name: "CLUSTER.device.v1",
    type: "BackboneElement",
    body: `preprocessor:
  hierarchy: { with: { openehr: "$archetype/items[at0002]" }, split: { fhir: { create: resource } } }
mappings:
  - { name: name, with: { fhir: "code.text", openehr: "$archetype/items[at0001]" } }
  - { name: part, with: { fhir: "value.ofType(string)", openehr: "$archetype/items[at0002]/items[at0003]" } }`,
  };
  const start = (fhir: string): WardModel => ({
    name: "OBSERVATION.pulse.v1",
    type: "Observation",
    body: `mappings:
  - name: device
    with: { fhir: "${fhir}", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    slotArchetype: CLUSTER.device.v1`,
  });

  it("makes the method with the slot create an element for each group", () => {
    const flat = {
      "ward/pulse/device:0/device_name": "D",
      "ward/pulse/device:0/part:0/part_name": "P",
      "ward/pulse/device:0/part:1/part_name": "Q",
    };
    expect(toResource(mapperOf("v1", [start("$resource.component"), parts]), flat).component).toEqual([
      { code: { text: "D" }, valueString: "P" },
      { code: { text: "D" }, valueString: "Q" },
    ]);
  });

  it("is not reported where the model is entered with what it iterates", () => {
    const whole = { ...parts, body: parts.body.replace('$archetype/items[at0002]" }, split', '$archetype" }, split') };
    const { diagnostics } = mapperOf("v1", [start("$resource"), whole]);
    expect(diagnostics.filter(({ code }) => code === "MAPPING_HIERARCHY_UNUSABLE")).toEqual([]);
  });

  it("is reported where the method creates none", () => {
    const { diagnostics } = mapperOf("v1", [start("$resource"), parts]);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ severity: "warning", code: "MAPPING_HIERARCHY_UNUSABLE", rule: "device" }),
    );
  });
});
