import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { toFlat, toResource, wardMapper } from "../fixtures/ward-mapper.js";

/** Readings nest in events, notes nest in readings; remarks stand beside them. */
const nested = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - name: reading
    with: { fhir: "$resource.component", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0006]" }
    followedBy:
      mappings:
        - { name: depth, with: { fhir: "value.ofType(Quantity)", openehr: "items[at0008]" } }
        - name: extension
          with: { fhir: extension, openehr: "items[at0007]", type: NONE }
          followedBy:
            mappings:
              - { name: value, with: { fhir: "value.ofType(string)", openehr: "$openehrRoot" } }
  - { name: remark, with: { fhir: "$resource.note.text", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0005]" } }`,
});

interface Reading {
  readonly notes: readonly string[];
  readonly depth?: number;
}

/** One list of readings for each event. */
type Events = readonly (readonly Reading[])[];

function flatOf(events: Events, remarks: readonly string[] = []): Record<string, JsonValue> {
  const flat: Record<string, JsonValue> = {};
  for (const [e, readings] of events.entries()) {
    for (const [r, { notes, depth }] of readings.entries()) {
      const reading = `ward/pulse/any_event:${e}/reading:${r}`;
      for (const [n, note] of notes.entries()) flat[`${reading}/note:${n}`] = note;
      if (depth === undefined) continue;
      flat[`${reading}/depth|magnitude`] = depth;
      flat[`${reading}/depth|unit`] = "mm";
    }
  }
  for (const [at, remark] of remarks.entries()) flat[`ward/pulse/any_event:0/remark:${at}`] = remark;
  return flat;
}

function extensionsOf(component: JsonObject): readonly JsonValue[] {
  const extensions = Array.isArray(component.extension) ? component.extension : [];
  return extensions.map((extension) => (extension as JsonObject).valueString ?? null);
}

/** What the components of an Observation say, in the words of the input. */
function readingsOf(resource: JsonObject): readonly Reading[] {
  const components = (Array.isArray(resource.component) ? resource.component : []) as readonly JsonObject[];
  return components.map((component) => {
    const depth = (component.valueQuantity as JsonObject | undefined)?.value;
    return {
      notes: extensionsOf(component) as readonly string[],
      ...(typeof depth === "number" && { depth }),
    };
  });
}

function notesOf(resource: JsonObject): readonly JsonValue[] {
  const notes = (Array.isArray(resource.note) ? resource.note : []) as readonly JsonObject[];
  return notes.map((note) => note.text ?? null);
}

const words = fc.stringMatching(/^[a-z]{1,6}$/);
const readings = fc.record(
  { notes: fc.array(words, { minLength: 1, maxLength: 3 }), depth: fc.integer({ min: 0, max: 99 }) },
  { requiredKeys: ["notes"] },
);
const someEvents = fc.array(fc.array(readings, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

describe("nested lists on the way to FHIR", () => {
  it("stay nested: each element holds what its occurrence holds, and nothing of its siblings", () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        expect(readingsOf(toResource(nested, flatOf(events)))).toEqual(events.flat());
      }),
      { numRuns: 40 },
    );
  });

  it("give twice as many elements when every occurrence is there twice", () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const doubled = events.map((one) => one.flatMap((reading) => [reading, reading]));
        expect(readingsOf(toResource(nested, flatOf(doubled)))).toEqual(doubled.flat());
      }),
      { numRuns: 20 },
    );
  });

  it("lose only what is removed", () => {
    fc.assert(
      fc.property(someEvents, fc.nat(), (events, at) => {
        const all = events.flat();
        const removed = at % all.length;
        fc.pre(all.length > 1);
        let count = 0;
        const fewer = events.map((one) => one.filter(() => count++ !== removed));
        expect(readingsOf(toResource(nested, flatOf(fewer, ["kept"])))).toEqual(all.filter((_, i) => i !== removed));
        expect(notesOf(toResource(nested, flatOf(fewer, ["kept"])))).toEqual(["kept"]);
      }),
      { numRuns: 20 },
    );
  });

  it("come in the same order whatever the order of the FLAT members", () => {
    const flat = flatOf([[{ notes: ["a", "b"], depth: 1 }, { notes: ["c"] }], [{ notes: ["d"], depth: 2 }]], ["r"]);
    const reversed = Object.fromEntries(Object.entries(flat).toReversed());
    expect(toResource(nested, reversed)).toEqual(toResource(nested, flat));
  });

  it("do not depend on what is mapped beside them", () => {
    const events = [[{ notes: ["a"] }, { notes: ["b"] }]];
    const alone = toResource(nested, flatOf(events));
    const { note, ...without } = toResource(nested, flatOf(events, ["r1", "r2"]));
    expect(note).toEqual([{ text: "r1" }, { text: "r2" }]);
    expect(without).toEqual(alone);
  });
});

/** An Observation with a component for each reading. */
function observation(all: readonly Reading[], remarks: readonly string[] = []): JsonObject {
  return {
    resourceType: "Observation",
    component: all.map(({ notes, depth }) => ({
      extension: notes.map((valueString) => ({ url: "urn:note", valueString })),
      ...(depth !== undefined && { valueQuantity: { value: depth, code: "mm" } }),
    })),
    ...(remarks.length > 0 && { note: remarks.map((text) => ({ text })) }),
  };
}

describe("nested lists on the way to openEHR", () => {
  const some = fc.array(readings, { minLength: 1, maxLength: 4 });

  it("stay nested: each occurrence holds what its element holds, and nothing of its siblings", () => {
    fc.assert(
      fc.property(some, (all) => {
        expect(toFlat(nested, observation(all))).toEqual(flatOf([all]));
      }),
      { numRuns: 40 },
    );
  });

  it("give twice as many occurrences when every element is there twice", () => {
    fc.assert(
      fc.property(some, (all) => {
        const doubled = all.flatMap((reading) => [reading, reading]);
        expect(toFlat(nested, observation(doubled))).toEqual(flatOf([doubled]));
      }),
      { numRuns: 20 },
    );
  });

  it("lose only what is removed, and close the gap", () => {
    fc.assert(
      fc.property(some, fc.nat(), (all, at) => {
        fc.pre(all.length > 1);
        const fewer = all.filter((_, i) => i !== at % all.length);
        expect(toFlat(nested, observation(fewer, ["kept"]))).toEqual(flatOf([fewer], ["kept"]));
      }),
      { numRuns: 20 },
    );
  });

  it("do not depend on the order of the members of the resource", () => {
    const resource = observation([{ notes: ["a", "b"], depth: 1 }, { notes: ["c"] }], ["r"]);
    const reversed = Object.fromEntries(Object.entries(resource).toReversed());
    expect(toFlat(nested, reversed)).toEqual(toFlat(nested, resource));
  });

  it("come back from FHIR as they were, the readings of all events in one", () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const flat = flatOf(events);
        expect(toFlat(nested, toResource(nested, flat))).toEqual(flatOf([events.flat()]));
      }),
      { numRuns: 20 },
    );
  });
});
