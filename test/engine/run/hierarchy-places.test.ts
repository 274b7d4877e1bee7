import { describe, expect, it } from "vitest";
import { event, flatOf, items, mapperOf, perMinute, pulse, rate, report } from "../fixtures/hierarchies.js";
import { bundleOf, toFlat, toResources } from "../fixtures/ward-mapper.js";
import { manyPulsesTemplate } from "../fixtures/ward-template.js";

describe("a hierarchy whose openEHR path ends at a node that occurs once", () => {
  const model = pulse(
    `{ with: { fhir: "$resource", openehr: "${items}[at0004]" }, split: { fhir: { create: resource } } }`,
    rate,
  );
  const flat = flatOf([{ rate: 60 }, { rate: 61 }]);
  const observation = (value: number) => ({ resourceType: "Observation", valueQuantity: perMinute(value) });

  it("puts each resource into an occurrence of the last node on the path that repeats", () => {
    for (const name of ["openfhir", "v1"] as const) {
      expect(toFlat(mapperOf(name, [model]), bundleOf(observation(60), observation(61)))).toEqual(flat);
    }
  });

  it("splits there as v1.0.0, and not at all as openFHIR", () => {
    expect(toResources(mapperOf("v1", [model]), flat)).toEqual([observation(60), observation(61)]);
    expect(toResources(mapperOf("openfhir", [model]), flat)).toEqual([observation(61)]);
  });
});

describe("resources of one archetype that repeats", () => {
  const model = pulse(
    `{ with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: resource } } }`,
    rate,
    report,
  );
  const mapper = mapperOf("v1", [model], manyPulsesTemplate);

  it("keep all of it in that entry, whichever way the files are read", () => {
    const several = pulse(
      `{ with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: resource } } }`,
      `{ name: rate, with: { fhir: "$resource.component.value.ofType(Quantity)", openehr: "${items}[at0004]" } }`,
    );
    const components = (...values: readonly number[]) => ({
      resourceType: "Observation",
      component: values.map((value) => ({ valueQuantity: perMinute(value) })),
    });
    for (const name of ["openfhir", "v1"] as const) {
      const flat = toFlat(mapperOf(name, [several], manyPulsesTemplate), bundleOf(components(60, 61), components(62)));
      expect(flat).toEqual(flatOf([{ rate: 61 }, { rate: 62 }], "ward/pulse:0"));
    }
  });

  it("share the entry when each takes an event of it, and come back", () => {
    const flat = flatOf([{ rate: 60 }, { rate: 61 }], "ward/pulse:0");
    expect(toFlat(mapper, bundleOf(...toResources(mapper, flat)))).toEqual(flat);
  });
});
