import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bundleOf, toFlat, toResources, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]";

const mapper = wardMapper({
  name: "EVALUATION.problem.v1",
  type: "Condition",
  body: `preprocessor:
  hierarchy: { with: { fhir: "$resource", openehr: "$archetype" }, split: { fhir: { create: resource } } }
mappings:
  - { name: code, with: { fhir: "$resource.code", openehr: "${items}/items[at0002]" } }
  - { name: start, with: { fhir: "$resource.onset", openehr: "$composition/context/start_time" } }
  - { name: end, with: { fhir: "$resource.abatement", openehr: "$composition/context/end_time" } }`,
});

function condition(start: string, end: string) {
  return { resourceType: "Condition", code: { text: "x" }, onsetDateTime: start, abatementDateTime: end };
}

describe("the context of a composition", () => {
  it("starts with the earliest and ends with the latest time, in whatever order they come", () => {
    const moments = fc.uniqueArray(fc.integer({ min: Date.UTC(2010, 0) / 1000, max: Date.UTC(2030, 0) / 1000 }), {
      minLength: 1,
      maxLength: 5,
    });
    const utc = { ...wardSettings, timeZone: "UTC" };
    fc.assert(
      fc.property(moments, (all) => {
        const iso = (second: number) => new Date(second * 1000).toISOString().slice(0, 19);
        const bundle = bundleOf(...all.map((second) => condition(`${iso(second)}Z`, `${iso(second)}Z`)));
        expect(mapper.toOpenEhr(bundle, utc).flat()).toMatchObject({
          "ward/context/start_time": iso(Math.min(...all)),
          "ward/context/_end_time": iso(Math.max(...all)),
        });
      }),
      { numRuns: 40 },
    );
  });

  it("compares moments, not the texts that name them", () => {
    const bundle = bundleOf(
      condition("2024-01-01T10:00:00+05:00", "2024-01-01T10:00:00+05:00"),
      condition("2024-01-01T09:00:00-05:00", "2024-01-01T09:00:00-05:00"),
    );
    expect(toFlat(mapper, bundle)).toMatchObject({
      "ward/context/start_time": "2024-01-01T06:00:00",
      "ward/context/_end_time": "2024-01-01T15:00:00",
    });
  });

  it("is seen by every resource on the way to FHIR", () => {
    const flat = {
      "ward/context/start_time": "2024-07-01T10:00:00",
      "ward/problem:0/diagnosis|other": "a",
      "ward/problem:1/diagnosis|other": "b",
    };
    expect(toResources(mapper, flat).map(({ onsetDateTime }) => onsetDateTime)).toEqual([
      "2024-07-01T10:00:00+02:00",
      "2024-07-01T10:00:00+02:00",
    ]);
  });
});

describe("an entry's own time", () => {
  it("is overwritten by the last resource, as any value that is there once", () => {
    const single = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - { name: onset, with: { fhir: "$resource.onset", openehr: "${items}/items[at0004]" } }`,
    });
    const onset = (time: string) => ({ resourceType: "Condition", onsetDateTime: time });
    const flat = toFlat(single, bundleOf(onset("2024-01-02T10:00:00+01:00"), onset("2024-01-01T10:00:00+01:00")));
    expect(flat).toEqual({ "ward/problem:0/onset": "2024-01-01T10:00:00" });
  });
});
