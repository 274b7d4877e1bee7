import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { bundleOf, toFlat, toResources, wardMapper } from "../fixtures/ward-mapper.js";

const event = "$archetype/data[at0001]/events[at0002]";

/** Each event is an Observation of its own. */
const perEvent = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: resource } } }
mappings:
  - { name: rate, with: { fhir: "$resource.value.ofType(Quantity)", openehr: "${event}/data[at0003]/items[at0004]" } }
  - { name: remark, with: { fhir: "$resource.note.text", openehr: "${event}/data[at0003]/items[at0005]" } }
  - name: reading
    with: { fhir: "$resource.component", openehr: "${event}/data[at0003]/items[at0006]" }
    followedBy: { mappings: [{ name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }] }
  - { name: report, with: { fhir: "$resource.method.text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }`,
});

interface Event {
  readonly rate: number;
  readonly remarks: readonly string[];
  readonly notes: readonly string[];
}

const words = fc.stringMatching(/^[a-z]{1,5}$/);
const events = fc.array(
  fc.record({
    rate: fc.integer({ min: 1, max: 200 }),
    remarks: fc.array(words, { maxLength: 3 }),
    notes: fc.array(words, { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 4 },
);

function flatOf(all: readonly Event[]): JsonObject {
  const flat: JsonObject = {};
  for (const [at, { rate, remarks, notes }] of all.entries()) {
    const path = `ward/pulse/any_event:${at}`;
    flat[`${path}/rate|magnitude`] = rate;
    flat[`${path}/rate|unit`] = "/min";
    for (const [n, remark] of remarks.entries()) flat[`${path}/remark:${n}`] = remark;
    for (const [n, note] of notes.entries()) flat[`${path}/reading:${n}/note:0`] = note;
  }
  return flat;
}

function observationOf({ rate, remarks, notes }: Event): JsonObject {
  return {
    resourceType: "Observation",
    valueQuantity: { value: rate, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
    ...(remarks.length > 0 && { note: remarks.map((text) => ({ text })) }),
    ...(notes.length > 0 && { component: notes.map((text) => ({ code: { text } })) }),
  };
}

describe("a model that splits", () => {
  it("makes one resource of each occurrence, with what stands in that one", () => {
    fc.assert(
      fc.property(events, (all) => {
        expect(toResources(perEvent, flatOf(all))).toEqual(all.map(observationOf));
      }),
      { numRuns: 40 },
    );
  });

  it("puts each resource into the next occurrence", () => {
    fc.assert(
      fc.property(events, (all) => {
        expect(toFlat(perEvent, bundleOf(...all.map(observationOf)))).toEqual(flatOf(all));
      }),
      { numRuns: 40 },
    );
  });

  it("loses only the occurrence of a resource that is removed", () => {
    fc.assert(
      fc.property(events, fc.nat(), (all, at) => {
        fc.pre(all.length > 1);
        const fewer = all.filter((_, i) => i !== at % all.length);
        expect(toFlat(perEvent, bundleOf(...fewer.map(observationOf)))).toEqual(flatOf(fewer));
      }),
      { numRuns: 20 },
    );
  });

  it("gives every resource what the composition says once", () => {
    const flat = { ...flatOf([event1, event2]), "ward/context/report_id": "R" };
    expect(toResources(perEvent, flat).map(({ method }) => method)).toEqual([{ text: "R" }, { text: "R" }]);
  });

  it("takes no occurrence for a resource of which nothing is mapped", () => {
    const blank = { resourceType: "Observation", status: "final" };
    expect(toFlat(perEvent, bundleOf(observationOf(event1), blank, observationOf(event2)))).toEqual(
      flatOf([event1, event2]),
    );
  });

  it("lets the last resource decide on what the composition says once", () => {
    const method = (text: string) => ({ method: { text } });
    const bundle = bundleOf(
      { ...observationOf(event1), ...method("first") },
      { ...observationOf(event2), ...method("last") },
    );
    expect(toFlat(perEvent, bundle)["ward/context/report_id"]).toBe("last");
  });
});

const event1: Event = { rate: 60, remarks: ["calm"], notes: [] };
const event2: Event = { rate: 90, remarks: [], notes: ["left"] };

describe("a model that does not split", () => {
  const whole = wardMapper({
    name: "OBSERVATION.pulse.v1",
    type: "Observation",
    body: `mappings:
  - { name: rate, with: { fhir: "$resource.component.value.ofType(Quantity)", openehr: "${event}/data[at0003]/items[at0004]" } }`,
  });

  it("makes one resource of all occurrences", () => {
    const [only, ...others] = toResources(whole, flatOf([event1, event2]));
    expect(others).toEqual([]);
    expect(only?.component).toMatchObject([{ valueQuantity: { value: 60 } }, { valueQuantity: { value: 90 } }]);
  });
});

describe("a model that splits at a node below another one that repeats", () => {
  const reading = `${event}/data[at0003]/items[at0006]`;
  const perReading = wardMapper({
    name: "OBSERVATION.pulse.v1",
    type: "Observation",
    body: `preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "${reading}" } }
mappings:
  - { name: note, with: { fhir: "$resource.code.text", openehr: "${reading}/items[at0007]" } }
  - { name: rate, with: { fhir: "$resource.value.ofType(Quantity)", openehr: "${event}/data[at0003]/items[at0004]" } }`,
  });

  it("writes what stands around the split node into the occurrence in which that stands", () => {
    const observation = (text: string, value: number) => ({
      resourceType: "Observation",
      code: { text },
      valueQuantity: { value, code: "/min" },
    });
    expect(toFlat(perReading, bundleOf(observation("a", 1), observation("b", 2)))).toEqual({
      "ward/pulse/any_event:0/reading:0/note:0": "a",
      "ward/pulse/any_event:0/reading:1/note:0": "b",
      "ward/pulse/any_event:0/rate|magnitude": 2,
      "ward/pulse/any_event:0/rate|unit": "/min",
    });
  });
});
