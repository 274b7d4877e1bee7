import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { event, flatOf, items, mapperOf, perMinute, pulse } from "../fixtures/hierarchies.js";
import { toFlat, toResource, toResources } from "../fixtures/ward-mapper.js";

describe("a hierarchy that creates elements", () => {
  const model = pulse(
    `{ with: { fhir: "$resource.component", openehr: "${event}" }, split: { fhir: { create: component, path: "$resource.component" }, openehr: { create: event, path: "${event}" } } }`,
    `{ name: rate, with: { fhir: "$resource.component.value.ofType(Quantity)", openehr: "${items}[at0004]" } }`,
    `{ name: remark, with: { fhir: "component.code.text", openehr: "${items}[at0005]" } }`,
    `name: reading
    with: { fhir: "$resource.note", openehr: "${items}[at0006]" }
    followedBy:
      mappings:
        - { name: note, with: { fhir: "text", openehr: "items[at0007]" } }
        - { name: depth, with: { fhir: "$resource.component.code.id", openehr: "items[at0008]/units" } }`,
    `{ name: device, with: { fhir: "$resource.identifier.value", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]" } }`,
  );
  const mapper = mapperOf("v1", [model]);
  const flat = {
    ...flatOf([{ rate: 60, remarks: ["a"] }, { rate: 61, remarks: ["b"] }, { rate: 62 }]),
    "ward/pulse/device:0/device_name": "D",
  };
  const resource = {
    resourceType: "Observation",
    identifier: [{ value: "D" }],
    component: [
      { code: { text: "a" }, valueQuantity: perMinute(60) },
      { code: { text: "b" }, valueQuantity: perMinute(61) },
      { valueQuantity: perMinute(62) },
    ],
  };

  it("binds absolute paths to the element of the group, and writes once what concerns none", () => {
    expect(toResources(mapper, flat)).toEqual([resource]);
  });

  it("binds absolute paths to the node of the group on the way back", () => {
    expect(toFlat(mapper, resource)).toEqual(flat);
  });

  it("binds absolute paths of methods further in", () => {
    const { component: components, note } = toResource(mapper, flatOf([{ notes: [["n", 1]] }, { notes: [["m", 2]] }]));
    expect(components).toEqual([{ code: { id: "mm" } }, { code: { id: "mm" } }]);
    expect(note).toEqual([{ text: "n" }, { text: "m" }]);
  });

  it("runs for each group what writes into its element, or has a condition on its occurrences", () => {
    const context = "$composition/context/other_context[at0001]/items[at0002]";
    const condition = `openehrCondition: { targetRoot: "${event}", targetAttribute: "data[at0003]/items[at0005]", operator: "one of", criteria: b }`;
    const own = mapperOf("v1", [
      {
        ...model,
        body: `${model.body}
  - { name: report, with: { fhir: "$resource.component.interpretation.text", openehr: "${context}" } }
  - { name: method, with: { fhir: "$resource.method.text", openehr: "${context}" }, ${condition} }`,
      },
    ]);
    const written = (flat: JsonObject) => {
      const { method, component: components } = toResource(own, { ...flat, "ward/context/report_id": "R" });
      return { method, interpretations: (components as JsonObject[] | undefined)?.map((one) => one.interpretation) };
    };
    const text = { text: "R" };
    expect(written(flat)).toEqual({ method: text, interpretations: [[text], [text], [text]] });
    expect(written({ "ward/pulse/device:0/device_name": "D" })).toEqual({ method: text, interpretations: undefined });
  });

  it("creates none where there is nothing to group", () => {
    expect(toResource(mapper, { "ward/pulse/device:0/device_name": "D" })).toEqual({
      resourceType: "Observation",
      identifier: [{ value: "D" }],
    });
  });
});
