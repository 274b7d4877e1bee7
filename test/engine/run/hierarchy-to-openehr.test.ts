import { describe, expect, it } from "vitest";
import { Account } from "../../../src/engine/account/account.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { byCode, component, event, flatOf, items, mapperOf, millimetres, pulse } from "../fixtures/hierarchies.js";
import { bundleOf, toFlat, toResource, wardSettings } from "../fixtures/ward-mapper.js";

describe("a hierarchy with `unique`, FHIR to openEHR", () => {
  const mapper = mapperOf("v1", [byCode]);
  const observation = (...components: readonly JsonObject[]): JsonObject => ({
    resourceType: "Observation",
    component: [...components],
  });

  it("makes one event of all components with the same value, in order of first appearance", () => {
    const resource = observation(component("a", 1), component("b", 2), component("a", 3));
    expect(toFlat(mapper, resource)).toEqual(
      flatOf([
        {
          notes: [
            ["a", 1],
            ["a", 3],
          ],
        },
        { notes: [["b", 2]] },
      ]),
    );
  });

  it("takes a missing value for a value of its own", () => {
    const without = { valueQuantity: millimetres(2) };
    const flat = toFlat(mapper, observation(without, component("a", 1), without));
    expect(flat["ward/pulse/any_event:0/reading:1/depth|magnitude"]).toBe(2);
    expect(flat["ward/pulse/any_event:1/reading:0/note:0"]).toBe("a");
  });

  it("compares all fields", () => {
    const coded = (code: string) => ({ ...component("a", 1), code: { text: "a", coding: [{ code }] } });
    const flat = toFlat(mapper, observation(coded("x"), coded("y"), coded("x")));
    expect(Object.keys(flat).filter((key) => key.endsWith("note:0"))).toEqual([
      "ward/pulse/any_event:0/reading:0/note:0",
      "ward/pulse/any_event:0/reading:1/note:0",
      "ward/pulse/any_event:1/reading:0/note:0",
    ]);
  });

  it("writes what concerns no group once, and what stands in the new node into each", () => {
    const resource = {
      ...observation(component("a", 1), component("b", 2)),
      device: { display: "D" },
      note: [{ text: "N" }],
    };
    expect(toFlat(mapper, resource)).toEqual({
      ...flatOf([
        { notes: [["a", 1]], remarks: ["N"] },
        { notes: [["b", 2]], remarks: ["N"] },
      ]),
      "ward/pulse/device:0/device_name": "D",
    });
  });

  it("maps a resource without any element to group", () => {
    const resource = { resourceType: "Observation", device: { display: "D" }, method: { text: "R" } };
    expect(toFlat(mapper, resource)).toEqual({ "ward/pulse/device:0/device_name": "D", "ward/context/report_id": "R" });
  });

  it("gives each resource events of its own", () => {
    const bundle = bundleOf(observation(component("a", 1)), observation(component("a", 2), component("b", 3)));
    expect(toFlat(mapper, bundle)).toEqual(
      flatOf([{ notes: [["a", 1]] }, { notes: [["a", 2]] }, { notes: [["b", 3]] }]),
    );
  });

  it("does so when the resources have several groups of the same values", () => {
    const both = observation(component("a", 1), component("b", 2));
    expect(Object.keys(toFlat(mapper, bundleOf(both, both))).filter((key) => key.endsWith("note:0"))).toHaveLength(4);
    expect(toFlat(mapper, bundleOf(both, both))["ward/pulse/any_event:3/reading:0/note:0"]).toBe("b");
  });

  it("runs for each group what reads its elements, whether in its path or in a condition", () => {
    const device = (path: string, condition: string) =>
      `{ name: device, with: { fhir: "${path}", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]" }${condition} }`;
    const written = (path: string, condition = "") => {
      const own = mapperOf("v1", [{ ...byCode, body: `${byCode.body}\n  - ${device(path, condition)}` }]);
      const resource = { ...observation(component("a", 1), component("b", 2)), bodySite: { text: "arm" } };
      return Object.entries(toFlat(own, resource)).flatMap(([key, value]) => (key.includes("device") ? [value] : []));
    };
    const ofSecond = `{ targetRoot: "$resource.component", targetAttribute: "code.text", operator: one of, criteria: b }`;
    expect(written("$resource.component.code.text")).toEqual(["a", "b"]);
    expect(written("$resource.bodySite.text", `, fhirCondition: ${ofSecond}`)).toEqual(["arm"]);
  });

  it("takes absolute paths in `unique` that lead to the same", () => {
    const resource = observation(component("a", 1), component("b", 2), component("a", 3));
    const absolute = { ...byCode, body: byCode.body.replace("unique: [code]", 'unique: ["$resource.component.code"]') };
    expect(toFlat(mapperOf("v1", [absolute]), resource)).toEqual(toFlat(mapper, resource));
    const same = { ...byCode, body: byCode.body.replace("unique: [code]", 'unique: ["$resource.code"]') };
    expect(toFlat(mapperOf("v1", [same]), resource)["ward/pulse/any_event:0/reading:2/note:0"]).toBe("a");
  });

  it("leaves the composition whole on the way back, when only `split.openehr` is given", () => {
    const flat = flatOf([
      {
        notes: [
          ["a", 1],
          ["a", 3],
        ],
      },
      { notes: [["b", 2]] },
    ]);
    const resource = toResource(mapper, flat);
    expect(resource.component).toEqual([component("a", 1), component("a", 3), component("b", 2)]);
    expect(toFlat(mapper, resource)).toEqual(flat);
  });

  it("does not touch the elements that no rule reads", () => {
    const account = new Account();
    const resource = { ...observation(component("a", 1), component("b", 2)), status: "final" };
    mapper.toOpenEhr(resource, wardSettings, { account }).composition();
    expect(account.report().untouched.map(({ path }) => path)).toEqual(["/status"]);
  });

  it("shows of what holds the elements only what holds those of the group", () => {
    const byRange = mapperOf("v1", [
      pulse(
        `{ with: { fhir: "$resource.component.referenceRange", openehr: "${event}" }, split: { openehr: { create: event, unique: [text] } } }`,
        `{ name: remark, with: { fhir: "$resource.component.code.text", openehr: "${items}[at0005]" } }`,
      ),
    ]);
    const ranged = (text: string, ...ranges: readonly string[]) => ({
      code: { text },
      referenceRange: ranges.map((range) => ({ text: range })),
    });
    const flat = toFlat(byRange, observation(ranged("one", "a"), ranged("two", "b", "a"), ranged("three", "b")));
    expect(flat).toEqual(flatOf([{ remarks: ["one", "two"] }, { remarks: ["two", "three"] }]));
  });

  it("leaves elements alone that `with.fhir` does not name", () => {
    const some = mapperOf("v1", [
      {
        ...byCode,
        body: byCode.body.replace('fhir: "$resource.component"', `fhir: "$resource.component.where(code.text='a')"`),
      },
    ]);
    const resource = observation(component("a", 1), component("b", 2), component("a", 3));
    expect(toFlat(some, resource)).toEqual(
      flatOf([
        {
          notes: [
            ["a", 1],
            ["b", 2],
            ["a", 3],
          ],
        },
      ]),
    );
  });

  it("changes neither the resource nor what it holds", () => {
    const resource = observation(component("a", 1), component("b", 2));
    const before = structuredClone(resource);
    toFlat(mapper, resource);
    expect(resource).toEqual(before);
  });
});

describe("resources that are grouped themselves", () => {
  const mapper = mapperOf("v1", [
    pulse(
      `{ with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: resource }, openehr: { create: event, path: "${event}", unique: [code] } } }`,
      `name: reading
    with: { fhir: "$resource", openehr: "${items}[at0006]" }
    followedBy: { mappings: [{ name: depth, with: { fhir: "value.ofType(Quantity)", openehr: "items[at0008]" } }] }`,
    ),
  ]);
  const depth = (code: string | undefined, value: number): JsonObject => ({
    resourceType: "Observation",
    ...(code !== undefined && { code: { text: code } }),
    valueQuantity: millimetres(value),
  });

  it("share an event when they have the same value", () => {
    const flat = toFlat(mapper, bundleOf(depth("a", 1), depth(undefined, 2), depth("a", 3), depth(undefined, 4)));
    const depths = Object.entries(flat).filter(([key]) => key.endsWith("magnitude"));
    expect(depths).toEqual([
      ["ward/pulse/any_event:0/reading:0/depth|magnitude", 1],
      ["ward/pulse/any_event:0/reading:1/depth|magnitude", 3],
      ["ward/pulse/any_event:1/reading:0/depth|magnitude", 2],
      ["ward/pulse/any_event:1/reading:1/depth|magnitude", 4],
    ]);
  });

  it("leave the event free of which nothing was written", () => {
    const blank = { resourceType: "Observation", code: { text: "a" } };
    const flat = toFlat(mapper, bundleOf(blank, depth("b", 1), depth("a", 2), depth("b", 3)));
    const depths = Object.entries(flat).filter(([key]) => key.endsWith("magnitude"));
    expect(depths).toEqual([
      ["ward/pulse/any_event:0/reading:0/depth|magnitude", 1],
      ["ward/pulse/any_event:0/reading:1/depth|magnitude", 3],
      ["ward/pulse/any_event:1/reading:0/depth|magnitude", 2],
    ]);
  });
});
