import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { bundleOf, toFlat, toResource, wardMapper } from "../fixtures/ward-mapper.js";

const event = "$archetype/data[at0001]/events[at0002]";

const mapper = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - { name: remark, with: { fhir: "$resource.method.text", openehr: "${event}/data[at0003]/items[at0005]" } }
  - name: focus
    with: { fhir: "$resource.focus", openehr: "${event}/data[at0003]/items[at0006]" }
    reference:
      resourceType: Condition
      mappings:
        - { name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }
  - name: device
    with: { fhir: "$resource.device", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    reference:
      resourceType: Device
      mappings:
        - { name: name, with: { fhir: "deviceName.name", openehr: "items[at0001]" } }
        - name: parent
          with: { fhir: "parent", openehr: "items[at0002]" }
          reference:
            resourceType: Device
            mappings: [{ name: part, with: { fhir: "deviceName.name", openehr: "items[at0003]" } }]`,
});

function flatWith(...notes: readonly string[]): JsonObject {
  return Object.fromEntries(notes.map((note, at) => [`ward/pulse/any_event:0/reading:${at}/note:0`, note]));
}

describe("a reference on the way to FHIR", () => {
  it("points at a contained resource of its type, one for each occurrence", () => {
    expect(toResource(mapper, flatWith("a", "b"))).toEqual({
      resourceType: "Observation",
      contained: [
        { resourceType: "Condition", id: "1", code: { text: "a" } },
        { resourceType: "Condition", id: "2", code: { text: "b" } },
      ],
      focus: [{ reference: "#1" }, { reference: "#2" }],
    });
  });

  it("disappears together with its resource when nothing is in it", () => {
    expect(toResource(mapper, { "ward/pulse/any_event:0/remark:0": "r" })).toEqual({
      resourceType: "Observation",
      method: { text: "r" },
    });
  });

  it("in a referenced resource is contained beside it", () => {
    const flat = { "ward/pulse/device:0/device_name": "D", "ward/pulse/device:0/part:0/part_name": "P" };
    const { contained, device } = toResource(mapper, flat);
    expect(device).toEqual({ reference: "#1" });
    expect(contained).toEqual([
      { resourceType: "Device", id: "1", deviceName: [{ name: "D" }], parent: { reference: "#2" } },
      { resourceType: "Device", id: "2", deviceName: [{ name: "P" }] },
    ]);
  });
});

const flat = flatWith("found");
const condition = { resourceType: "Condition", code: { text: "found" } };

describe("a reference on the way to openEHR", () => {
  it("is followed into the contained resources", () => {
    const contained = [{ ...condition, id: "c" }];
    expect(toFlat(mapper, { resourceType: "Observation", contained, focus: [{ reference: "#c" }] })).toEqual(flat);
  });

  it("is the same with `.reference` at the end of its path", () => {
    const ending = wardMapper({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - name: focus
    with: { fhir: "$resource.focus.reference", openehr: "${event}/data[at0003]/items[at0006]" }
    reference:
      resourceType: Condition
      mappings: [{ name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }]`,
    });
    const resource = toResource(ending, flatWith("a"));
    expect(resource).toMatchObject({ focus: [{ reference: "#1" }], contained: [{ code: { text: "a" } }] });
    expect(toFlat(ending, resource)).toEqual(flatWith("a"));
  });

  it("is followed to an entry by its type and id", () => {
    const observation = { resourceType: "Observation", focus: [{ reference: "Condition/c" }] };
    expect(toFlat(mapper, bundleOf({ ...condition, id: "c" }, observation))).toEqual(flat);
  });

  it("is followed to an entry by its fullUrl", () => {
    const observation = { resourceType: "Observation", focus: [{ reference: "urn:uuid:7" }] };
    const entry = [{ resource: observation }, { fullUrl: "urn:uuid:7", resource: condition }];
    expect(toFlat(mapper, { resourceType: "Bundle", entry })).toEqual(flat);
  });

  it("is followed to its own resource when several have the id of a contained one", () => {
    const observation = (text: string): JsonObject => ({
      resourceType: "Observation",
      contained: [{ ...condition, id: "c", code: { text } }],
      focus: [{ reference: "#c" }],
    });
    expect(toFlat(mapper, bundleOf(observation("other"), observation("found")))).toEqual(flat);
  });

  it("that leads nowhere is passed over, and the others are mapped", () => {
    const contained = [{ ...condition, id: "c" }];
    const focus = [{ reference: "#absent" }, { reference: "Condition/absent" }, { reference: "#c" }];
    expect(toFlat(mapper, { resourceType: "Observation", contained, focus })).toEqual(flat);
  });

  it("that leads into a circle is followed no further than the mapping goes", () => {
    const device = { resourceType: "Device", id: "d", deviceName: [{ name: "D" }], parent: { reference: "#d" } };
    const observation = { resourceType: "Observation", contained: [device], device: { reference: "#d" } };
    expect(toFlat(mapper, observation)).toEqual({
      "ward/pulse/device:0/device_name": "D",
      "ward/pulse/device:0/part:0/part_name": "D",
    });
  });

  it("comes back as the occurrences it was made of", () => {
    const all = {
      ...flatWith("a", "b", "c"),
      "ward/pulse/device:0/device_name": "D",
      "ward/pulse/device:0/part:0/part_name": "P",
    };
    expect(toFlat(mapper, toResource(mapper, all))).toEqual(all);
  });

  it("does not take the resource that is mapped for one that is referred to, as today's engine", () => {
    const itself = wardMapper({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - { name: remark, with: { fhir: "$resource.method.text", openehr: "${event}/data[at0003]/items[at0005]" } }
  - name: itself
    with: { fhir: "$resource", openehr: "${event}/data[at0003]/items[at0006]" }
    reference:
      resourceType: Observation
      mappings: [{ name: note, with: { fhir: "note.text", openehr: "items[at0007]" } }]`,
    });
    const observation = { resourceType: "Observation", method: { text: "m" }, note: [{ text: "n" }] };
    expect(toFlat(itself, observation)).toEqual({ "ward/pulse/any_event:0/remark:0": "m" });
  });
});
