import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Account } from "../../../src/engine/account/account.js";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import type { SemanticsName } from "../../../src/fhirconnect/dialect/semantics-setting.js";
import { NumberText } from "../../../src/openehr/json/number-text.js";
import { isRmObject, type RmObject } from "../../../src/openehr/rm/rm-object.js";
import type { Template } from "../../../src/openehr/template/template.js";
import {
  bundleOf,
  firstBodyLine,
  resourcesOf,
  toFlat,
  toResource,
  toResources,
  type WardModel,
  wardContext,
  wardModel,
  wardSettings,
} from "../fixtures/ward-mapper.js";
import { manyPulsesTemplate, wardTemplate } from "../fixtures/ward-template.js";

const event = "$archetype/data[at0001]/events[at0002]";
const items = `${event}/data[at0003]/items`;
const rate = `{ name: rate, with: { fhir: "$resource.value.ofType(Quantity)", openehr: "${items}[at0004]" } }`;
const report = `{ name: report, with: { fhir: "$resource.method.text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }`;

function mapperOf(semantics: SemanticsName, models: readonly WardModel[], template: Template = wardTemplate): Mapper {
  const mappings = models.map(wardModel);
  return compileMapper({ template, context: wardContext(mappings), mappings, semantics });
}

function pulse(hierarchy: string, ...methods: readonly string[]): WardModel {
  const body = `preprocessor:
  hierarchy: ${hierarchy}
mappings:
${methods.map((method) => `  - ${method}`).join("\n")}`;
  return { name: "OBSERVATION.pulse.v1", type: "Observation", body };
}

/** The first measured value of compositions. */
function firstQuantity(compositions: readonly RmObject[]): RmObject {
  const left: unknown[] = [...compositions];
  for (let value = left.shift(); value !== undefined; value = left.shift()) {
    if (isRmObject(value) && value._type === "DV_QUANTITY") return value;
    if (typeof value === "object" && value !== null) left.unshift(...Object.values(value));
  }
  throw new Error("no DV_QUANTITY");
}

interface Event {
  readonly rate?: number;
  readonly remarks?: readonly string[];
  readonly notes?: readonly (readonly [note: string, depth: number])[];
}

function flatOf(events: readonly Event[], root = "ward/pulse"): JsonObject {
  const flat: JsonObject = {};
  for (const [at, one] of events.entries()) {
    const path = `${root}/any_event:${at}`;
    if (one.rate !== undefined)
      Object.assign(flat, { [`${path}/rate|magnitude`]: one.rate, [`${path}/rate|unit`]: "/min" });
    for (const [n, remark] of (one.remarks ?? []).entries()) flat[`${path}/remark:${n}`] = remark;
    for (const [n, [note, depth]] of (one.notes ?? []).entries()) {
      flat[`${path}/reading:${n}/note:0`] = note;
      Object.assign(flat, {
        [`${path}/reading:${n}/depth|magnitude`]: depth,
        [`${path}/reading:${n}/depth|unit`]: "mm",
      });
    }
  }
  return flat;
}

const perMinute = (value: number) => ({ value, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" });
const millimetres = (value: number) => ({ value, unit: "mm", system: "http://unitsofmeasure.org", code: "mm" });

/** Rates of the components of each resource. */
function ratesOf(resources: readonly JsonObject[]) {
  return resources.map(({ component }) =>
    (component as JsonObject[]).map(({ valueQuantity }) => (valueQuantity as JsonObject).value),
  );
}

/** The events that say the same in their remarks are one Observation with a component for each of them, and back. */
const byRemark = pulse(
  `{ with: { fhir: "$resource.component", openehr: "${event}" }, split: { fhir: { create: resource, unique: ["data[at0003]/items[at0005]"] }, openehr: { create: event, path: "${event}" } } }`,
  `name: event
    with: { fhir: "$resource.component", openehr: "${event}", type: NONE }
    followedBy:
      mappings:
        - { name: rate, with: { fhir: "value.ofType(Quantity)", openehr: "data[at0003]/items[at0004]" } }
        - { name: remark, with: { fhir: "code.text", openehr: "data[at0003]/items[at0005]" } }`,
  report,
);

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

/** Components with one code are one event with a reading for each of them. */
const byCode = pulse(
  `{ with: { fhir: "$resource.component", openehr: "${event}" }, split: { openehr: { create: event, path: "${event}", unique: [code] } } }`,
  `name: reading
    with: { fhir: "$resource.component", openehr: "${items}[at0006]" }
    followedBy:
      mappings:
        - { name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }
        - { name: depth, with: { fhir: "value.ofType(Quantity)", openehr: "items[at0008]" } }`,
  `{ name: remark, with: { fhir: "$resource.note.text", openehr: "${items}[at0005]" } }`,
  `{ name: device, with: { fhir: "$resource.device.display", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]/items[at0001]" } }`,
  report,
);

function component(text: string, depth: number): JsonObject {
  return { code: { text }, valueQuantity: millimetres(depth) };
}

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

  it("share the entry when each takes an event of it, and come back", () => {
    const flat = flatOf([{ rate: 60 }, { rate: 61 }], "ward/pulse:0");
    expect(toFlat(mapper, bundleOf(...toResources(mapper, flat)))).toEqual(flat);
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

describe("what a hierarchy says in vain", () => {
  const findings = (name: SemanticsName, hierarchy: string) =>
    mapperOf(name, [pulse(hierarchy, rate)])
      .diagnostics.filter(({ code }) => code.startsWith("MAPPING_"))
      .map(({ severity, code, path, rule, position }) => ({ severity, code, path, rule, line: position?.line }));
  const common = { severity: "warning", rule: "preprocessor.hierarchy", line: firstBodyLine + 1 };

  it("is reported key by key where files are read as openFHIR reads them", () => {
    const hierarchy = `{ with: { fhir: "$resource.component", openehr: "${event}" }, split: { fhir: { create: resource, unique: ["time"] }, openehr: { create: archetype, path: "$archetype", unique: [code] } } }`;
    const code = "MAPPING_HIERARCHY_IGNORED";
    expect(findings("openfhir", hierarchy)).toEqual(
      ["time", "code", "archetype", "$archetype", "$resource.component"].map((path) => ({ ...common, code, path })),
    );
  });

  it("is not reported where it says what happens anyway", () => {
    const hierarchy = `{ with: { fhir: "$resource", openehr: "${event}" }, split: { fhir: { create: $resource, path: $resource }, openehr: { create: Event, path: "${event}" } } }`;
    expect(findings("openfhir", hierarchy)).toEqual([]);
    expect(findings("v1", hierarchy)).toEqual([]);
  });

  it("is reported where files are read as v1.0.0", () => {
    const of = (splits: string, fhir = "$resource.component") =>
      findings("v1", `{ with: { fhir: "${fhir}", openehr: "${event}" }, split: { ${splits} } }`);
    const code = "MAPPING_HIERARCHY_UNUSABLE";
    expect(of("fhir: { create: resource }")).toEqual([{ ...common, code, path: "$resource.component" }]);
    expect(of("fhir: { create: component, path: $resource }, openehr: { create: event }")).toEqual([
      { ...common, code, path: "$resource" },
    ]);
    expect(of("openehr: { create: cluster }")).toEqual([{ ...common, code, path: "cluster" }]);
    expect(of("openehr: { create: event }", "$resource.subject.resolve().name")).toEqual([
      { ...common, code, path: "$resource.subject.resolve().name" },
    ]);
    expect(of("fhir: { unique: ['data[at0003]/items[at0099]'] }, openehr: { create: event }")).toEqual([
      { ...common, code: "MAPPING_OPENEHR_PATH_UNKNOWN", path: "data[at0003]/items[at0099]" },
    ]);
  });

  it("does not change what openFHIR makes of it", () => {
    const plain = byRemark.body.replace(/, unique: \[[^\]]*\]\]/, "").replace(/, unique: \["[^"]*"\]/, "");
    expect(plain).not.toBe(byRemark.body);
    const flat = flatOf([
      { rate: 60, remarks: ["a"] },
      { rate: 61, remarks: ["a"] },
    ]);
    const resources = toResources(mapperOf("openfhir", [byRemark]), flat);
    expect(resources).toEqual(toResources(mapperOf("openfhir", [{ ...byRemark, body: plain }]), flat));
    expect(resources).toHaveLength(2);
  });
});

const anyEvents = fc.array(
  fc.record({
    rate: fc.integer({ min: 1, max: 200 }),
    remarks: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("groups", () => {
  const grouping = mapperOf("v1", [byRemark]);
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
