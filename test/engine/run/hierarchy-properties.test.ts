import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { byCode, byRemark, component, flatOf, mapperOf, ratesOf } from "../fixtures/hierarchies.js";
import { bundleOf, toFlat, toResource, toResources } from "../fixtures/ward-mapper.js";

const anyEvents = fc.array(
  fc.record({
    rate: fc.integer({ min: 1, max: 200 }),
    remarks: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("groups", () => {
  const grouping = mapperOf("v1", [byRemark]);
  const mapperOfCodes = mapperOf("v1", [byCode]);
  const whole = mapperOf("v1", [{ ...byRemark, body: byRemark.body.replace(/preprocessor:\n.*\n/, "") }]);

  it("hold every occurrence once, those of one value together, and nothing else than a mapping without them", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const resources = toResources(grouping, flatOf(events));
        const keys = events.map(({ remarks }) => JSON.stringify(remarks));
        const distinct = [...new Set(keys)];
        expect(ratesOf(resources)).toEqual(
          distinct.map((key) => events.filter((_, at) => keys[at] === key).map(({ rate: value }) => value)),
        );
        const components = resources.flatMap((resource) => resource.component as JsonObject[]);
        const text = (one: JsonObject) => JSON.stringify(one);
        const undivided = toResource(whole, flatOf(events)).component as JsonObject[];
        expect(components.map(text).sort()).toEqual(undivided.map(text).sort());
      }),
      { numRuns: 60 },
    );
  });

  it("of components partition them, with nothing more and nothing less than in one event", () => {
    const undivided = mapperOf("v1", [{ ...byCode, body: byCode.body.replace(/preprocessor:\n.*\n/, "") }]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 8 }), (codes) => {
        const resource = { resourceType: "Observation", component: codes.map((code, at) => component(code, at)) };
        const events = [...new Set(codes)].map((code) => ({
          notes: codes.flatMap((one, at): [string, number][] => (one === code ? [[one, at]] : [])),
        }));
        const flat = toFlat(mapperOfCodes, resource);
        expect(flat).toEqual(flatOf(events));
        const valuesOf = (all: Record<string, unknown>) => Object.values(all).map(String).sort();
        expect(valuesOf(flat)).toEqual(valuesOf(toFlat(undivided, resource)));
      }),
      { numRuns: 40 },
    );
  });

  it("come back as the events they were made of", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const single = events.map(({ rate: value, remarks }) => ({ rate: value, remarks: remarks.slice(0, 1) }));
        const keys = single.map(({ remarks }) => remarks.join());
        const sorted = [...new Set(keys)].flatMap((key) => single.filter((_, at) => keys[at] === key));
        expect(toFlat(grouping, bundleOf(...toResources(grouping, flatOf(single))))).toEqual(flatOf(sorted));
      }),
      { numRuns: 40 },
    );
  });
});
