import { describe, expect, it } from "vitest";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import type { SemanticsName } from "../../../src/fhirconnect/dialect/semantics-setting.js";
import {
  bundleOf,
  resourcesOf,
  toFlat,
  toResource,
  type WardModel,
  wardContext,
  wardModel,
  wardSettings,
} from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const items = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";
const deviceNode = "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]";
const event = "ward/pulse/any_event:0";

function mapperReadAs(semantics: SemanticsName, models: readonly WardModel[]): Mapper {
  const mappings = models.map(wardModel);
  return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics });
}

function pulse(methods: string): readonly WardModel[] {
  return [{ name: "OBSERVATION.pulse.v1", type: "Observation", body: `mappings:\n${methods}` }];
}

function problem(methods: string): readonly WardModel[] {
  return [{ name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${methods}` }];
}

/** What a resource is mapped to in both readings. */
function openEhrOf(models: readonly WardModel[], resource: JsonObject) {
  const as = (name: SemanticsName) => toFlat(mapperReadAs(name, models), resource);
  return { openfhir: as("openfhir"), v1: as("v1") };
}

/** What a FLAT composition is mapped to in both readings. */
function fhirOf(models: readonly WardModel[], flat: JsonValue) {
  const as = (name: SemanticsName) => {
    const mapper = mapperReadAs(name, models);
    return resourcesOf(mapper.toFhir(mapper.readComposition(flat, wardSettings), wardSettings));
  };
  return { openfhir: as("openfhir"), v1: as("v1") };
}

describe("files read as v1.0.0 follow the language page where", () => {
  it("two methods write one list: the later one adds to it", () => {
    const { openfhir, v1 } = openEhrOf(
      pulse(`  - { name: note, with: { fhir: "$resource.note.text", openehr: "${items}[at0005]" } }
  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }`),
      { resourceType: "Observation", note: [{ text: "a" }, { text: "b" }], method: { text: "c" } },
    );
    expect(openfhir).toEqual({ [`${event}/remark:0`]: "c", [`${event}/remark:1`]: "b" });
    expect(v1).toEqual({ [`${event}/remark:0`]: "a", [`${event}/remark:1`]: "b", [`${event}/remark:2`]: "c" });
  });

  it("several nodes repeat on one path: each result opens the outer one anew, but never an event", () => {
    const { openfhir, v1 } = openEhrOf(
      pulse(`  - { name: note, with: { fhir: "$resource.note.text", openehr: "${items}[at0006]/items[at0007]" } }
  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }`),
      { resourceType: "Observation", note: [{ text: "a" }, { text: "b" }], method: { text: "c" } },
    );
    expect(openfhir).toMatchObject({ [`${event}/reading:0/note:0`]: "a", [`${event}/reading:0/note:1`]: "b" });
    expect(v1).toEqual({
      [`${event}/reading:0/note:0`]: "a",
      [`${event}/reading:1/note:0`]: "b",
      [`${event}/remark:0`]: "c",
    });
  });

  it("constants of one entry are one value, those of another entry a further one", () => {
    const constants = (name: string, text: string) =>
      `{ name: ${name}, openehr: [{ path: "items[at0007]", value: ${text} }, { path: "items[at0008]/units", value: mm }] }`;
    const { v1 } = openEhrOf(
      pulse(`  - name: both
    with: { fhir: "$resource", openehr: "${items}[at0006]" }
    manual: [${constants("one", "a")}, ${constants("two", "b")}]`),
      { resourceType: "Observation" },
    );
    expect(v1).toMatchObject({ [`${event}/reading:0/note:0`]: "a", [`${event}/reading:1/note:0`]: "b" });
  });

  it("several resources start: each has an entry of its own", () => {
    const models = problem(
      `  - { name: code, with: { fhir: "$resource.code.text", openehr: "$archetype/data[at0001]/items[at0008 and name/value='Left']" } }`,
    );
    const condition = (text: string) => ({ resourceType: "Condition", code: { text } });
    const { openfhir, v1 } = openEhrOf(models, bundleOf(condition("a"), condition("b")));
    expect(openfhir).toEqual({ "ward/problem:0/left": "b" });
    expect(v1).toEqual({ "ward/problem:0/left": "a", "ward/problem:1/left": "b" });
    expect(fhirOf(models, v1 as JsonObject).v1).toEqual([condition("a"), condition("b")]);
  });

  it("a FHIR condition names several attributes: any of them may match", () => {
    const { openfhir, v1 } = openEhrOf(
      pulse(`  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }
  - name: note
    with: { fhir: "$resource.note.text", openehr: "${items}[at0006]/items[at0007]" }
    fhirCondition: { targetRoot: "$resource.note", targetAttributes: [id, time], operator: one of, criteria: "2020" }`),
      { resourceType: "Observation", method: { text: "c" }, note: [{ text: "a", id: "1", time: "2020" }] },
    );
    expect(openfhir[`${event}/reading:0/note:0`]).toBeUndefined();
    expect(v1[`${event}/reading:0/note:0`]).toBe("a");
  });

  it("a slot has children: its model runs first, and they change what it has written", () => {
    const models = [
      ...pulse(`  - name: device
    with: { fhir: "$resource.device", openehr: "${deviceNode}" }
    slotArchetype: CLUSTER.device.v1
    followedBy: { mappings: [{ name: own, with: { fhir: "display", openehr: "items[at0001]" } }] }`),
      {
        name: "CLUSTER.device.v1",
        type: "Reference",
        body: `mappings: [{ name: id, with: { fhir: "$resource.identifier.value", openehr: "$archetype/items[at0001]" } }]`,
      },
    ];
    const device = { display: "cuff", identifier: { value: "D1" } };
    const { openfhir, v1 } = openEhrOf(models, { resourceType: "Observation", device });
    expect(openfhir["ward/pulse/device:0/device_name"]).toBe("D1");
    expect(v1["ward/pulse/device:0/device_name"]).toBe("cuff");
  });

  it("constants stand directly in a reference: they are written", () => {
    const models = pulse(`  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }
  - name: focus
    with: { fhir: "$resource.focus", openehr: "${items}[at0006]" }
    reference:
      resourceType: Condition
      mappings:
        - { name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }
        - { name: kind, with: { fhir: "$fhirRoot", openehr: "$openehrRoot" }, manual: [{ name: m, fhir: [{ path: "severity.text", value: mild }] }] }`);
    const { openfhir, v1 } = fhirOf(models, { [`${event}/reading:0/note:0`]: "a" });
    expect(openfhir[0]?.contained).toEqual([{ resourceType: "Condition", id: "1", code: { text: "a" } }]);
    expect(v1[0]?.contained).toMatchObject([{ code: { text: "a" }, severity: { text: "mild" } }]);
  });

  it("an entry of constants has a condition: that of its method must hold, too", () => {
    const { openfhir, v1 } = openEhrOf(
      pulse(`  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }
  - name: mark
    with: { fhir: "$resource", openehr: "${items}[at0006]/items[at0007]" }
    fhirCondition: { targetRoot: "$resource", targetAttribute: status, operator: one of, criteria: final }
    manual:
      - name: m
        openehr: [{ path: "", value: marked }]
        fhirCondition: { targetRoot: "$resource", targetAttribute: method.text, operator: one of, criteria: c }`),
      { resourceType: "Observation", status: "amended", method: { text: "c" } },
    );
    expect(openfhir[`${event}/reading:0/note:0`]).toBe("marked");
    expect(v1[`${event}/reading:0/note:0`]).toBeUndefined();
  });

  it("a condition asks for a type: only on the way from its side", () => {
    const models =
      problem(`  - { name: code, with: { fhir: "$resource.code.text", openehr: "$archetype/data[at0001]/items[at0008 and name/value='Left']" } }
  - name: onset
    with: { fhir: "$resource.onset.as(dateTime)", openehr: "$archetype/data[at0001]/items[at0004]" }
    openehrCondition: { targetRoot: "$archetype/data[at0001]/items[at0004]", operator: type, criteria: DV_TEXT }`);
    const resource = { resourceType: "Condition", code: { text: "a" }, onsetDateTime: "2020-01-01T10:00:00+01:00" };
    const { openfhir, v1 } = openEhrOf(models, resource);
    expect(openfhir["ward/problem:0/onset"]).toBeUndefined();
    expect(v1["ward/problem:0/onset"]).toBe("2020-01-01T10:00:00");
  });

  it("a variable has its older name", () => {
    const { openfhir, v1 } = openEhrOf(
      pulse(`  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }
  - name: component
    with: { fhir: "$resource.component", openehr: "${items}[at0006]", type: NONE }
    followedBy: { mappings: [{ name: code, with: { fhir: "code.text", openehr: "$openEHRRoot/items[at0007]" } }] }`),
      { resourceType: "Observation", method: { text: "c" }, component: [{ code: { text: "a" } }] },
    );
    expect(openfhir[`${event}/reading:0/note:0`]).toBeUndefined();
    expect(v1[`${event}/reading:0/note:0`]).toBe("a");
  });

  it("a value is absent: by the page's table, with the reason kept, and back", () => {
    const models =
      problem(`  - { name: code, with: { fhir: "$resource.code.text", openehr: "$archetype/data[at0001]/items[at0008 and name/value='Left']" } }
  - { name: end, with: { fhir: "$resource.abatement.as(dateTime)", openehr: "$archetype/data[at0001]/items[at0007]" } }`);
    const url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    const _abatementDateTime = { extension: [{ url, valueCode: "asked-declined" }] };
    const resource = { resourceType: "Condition", code: { text: "a" }, _abatementDateTime };
    const { openfhir, v1 } = openEhrOf(models, resource);
    expect(openfhir["ward/problem:0/abatement/_null_flavour|code"]).toBe("272");
    expect(v1).toMatchObject({
      "ward/problem:0/abatement/_null_flavour|code": "253",
      "ward/problem:0/abatement/_null_reason": "asked-declined",
    });
    expect(fhirOf(models, v1 as JsonObject).v1).toEqual([resource]);
    const bare = { ...v1 };
    delete bare["ward/problem:0/abatement/_null_reason"];
    const extension = [{ url, valueCode: "unknown" }];
    expect(fhirOf(models, bare as JsonObject).v1).toMatchObject([{ _abatementDateTime: { extension } }]);
    expect(fhirOf(models, bare as JsonObject).openfhir[0]).not.toHaveProperty("_abatementDateTime");
  });

  it("a Period becomes an event: its time is the end, there and back", () => {
    const models = pulse(`  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }
  - { name: time, with: { fhir: "$resource.effective", openehr: "$archetype/data[at0001]/events[at0002]" } }`);
    const effectivePeriod = { start: "2024-06-01T10:00:00+02:00", end: "2024-06-01T11:30:00+02:00" };
    const resource = { resourceType: "Observation", method: { text: "c" }, effectivePeriod };
    const { openfhir, v1 } = openEhrOf(models, resource);
    expect(openfhir[`${event}/time`]).toBe("2024-06-01T10:00:00");
    expect(v1[`${event}/time`]).toBe("2024-06-01T11:30:00");
    expect(fhirOf(models, v1 as JsonObject).v1).toEqual([resource]);
  });

  it("a participation has its function as a constant: only those of the function come back", () => {
    const party = (name: string, path: string) => `  - name: ${name}
    with: { fhir: "$resource.${path}", openehr: "$archetype/other_participations", type: NONE }
    followedBy:
      mappings:
        - { name: who, with: { fhir: "display", openehr: "performer/name" } }
        - { name: as, with: { openehr: "function" }, manual: [{ name: f, openehr: [{ path: "", value: ${name} }] }] }`;
    const models = problem(`${party("recorder", "recorder")}\n${party("asserter", "asserter")}`);
    const resource = { resourceType: "Condition", recorder: { display: "R" }, asserter: { display: "A" } };
    const v1 = toFlat(mapperReadAs("v1", models), resource);
    expect(v1).toMatchObject({
      "ward/problem:0/_other_participation:0|function": "recorder",
      "ward/problem:0/_other_participation:1|name": "A",
    });
    expect(toResource(mapperReadAs("v1", models), v1)).toEqual(resource);
  });
});
