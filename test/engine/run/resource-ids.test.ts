import { describe, expect, it } from "vitest";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { resourcesOf, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const mapper = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `preprocessor:
  hierarchy:
    with: { openehr: "$archetype/data[at0001]/events[at0002]" }
    split: { fhir: { create: $resource, path: $resource }, openehr: { create: Event, path: "$archetype/data[at0001]/events[at0002]" } }
mappings:
  - name: rate
    with:
      fhir: $resource.value
      openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]"
`,
});

function idsOf(uid: string | undefined, rates: readonly number[]): readonly unknown[] {
  const flat = Object.fromEntries(
    rates.flatMap((rate, at) => [
      [`ward/pulse/any_event:${at}/rate|magnitude`, rate],
      [`ward/pulse/any_event:${at}/rate|unit`, "/min"],
    ]),
  );
  const [read] = mapper.readComposition(flat, wardSettings) as [RmObject];
  const composition = uid === undefined ? read : { ...read, uid: { _type: "OBJECT_VERSION_ID", value: uid } };
  const bundle = mapper.toFhir([composition], wardSettings, { resourceIds: "deterministic" });
  return resourcesOf(bundle).map(({ id }) => id);
}

describe("deterministic ids of resources", () => {
  it("are the same for the same composition, whatever its version and values", () => {
    const first = idsOf("0b1e3a4c-1111-4222-8333-444455556666::ward.example.org::1", [60, 70]);
    const second = idsOf("0b1e3a4c-1111-4222-8333-444455556666::ward.example.org::2", [61, 70]);
    expect(first).toHaveLength(2);
    expect(second).toEqual(first);
  });

  it("differ between resources and between compositions, and are valid FHIR ids", () => {
    const ids = [...idsOf("one::ward::1", [60, 70]), ...idsOf("two::ward::1", [60, 70])];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
  });

  it("stay when a resource is added behind", () => {
    expect(idsOf("one::ward::1", [60, 70, 80]).slice(0, 2)).toEqual(idsOf("one::ward::1", [60, 70]));
  });

  it("are refused for a composition without uid", () => {
    expect(() => idsOf(undefined, [60])).toThrow(expect.objectContaining({ code: "COMPOSITION_WITHOUT_UID" }));
  });
});
