import { describe, expect, it } from "vitest";
import { openFhirSemantics, v1Semantics } from "../../../src/engine/semantics.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { event, items, problem, problemItems, pulse, toFhir, toOpenEhr } from "./example.js";

const code = `  - { name: code, with: { fhir: "$resource.code.text", openehr: "${problemItems}[at0008 and name/value='Left']" } }`;
const method = `  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }`;

describe("files read as v1.0.0 follow the language page where", () => {
  it("several nodes repeat on one path: each result opens the outer one anew, but never an event", () => {
    const mapped = toOpenEhr(
      pulse(
        `  - { name: note, with: { fhir: "$resource.note.text", openehr: "${items}[at0006]/items[at0007]" } }\n${method}`,
      ),
      { resourceType: "Observation", note: [{ text: "a" }, { text: "b" }], method: { text: "c" } },
    );
    expect(mapped(openFhirSemantics)).toMatchObject({
      [`${event}/reading:0/note:0`]: "a",
      [`${event}/reading:0/note:1`]: "b",
    });
    expect(mapped(v1Semantics)).toEqual({
      [`${event}/reading:0/note:0`]: "a",
      [`${event}/reading:1/note:0`]: "b",
      [`${event}/remark:0`]: "c",
    });
  });

  it("constants of one entry are one value, those of another entry a further one", () => {
    const constants = (name: string, text: string) =>
      `{ name: ${name}, openehr: [{ path: "items[at0007]", value: ${text} }, { path: "items[at0008]/units", value: mm }] }`;
    const mapped = toOpenEhr(
      pulse(`  - name: both
    with: { fhir: "$resource", openehr: "${items}[at0006]" }
    manual: [${constants("one", "a")}, ${constants("two", "b")}]`),
      { resourceType: "Observation" },
    );
    expect(mapped(v1Semantics)).toMatchObject({
      [`${event}/reading:0/note:0`]: "a",
      [`${event}/reading:1/note:0`]: "b",
    });
  });

  it("the start model's archetype occurs several times: each is a resource", () => {
    const flat = { "ward/problem:0/left": "a", "ward/problem:1/left": "b" };
    expect(toFhir(problem(code), flat)(v1Semantics)).toEqual([
      { resourceType: "Condition", code: { text: "a" } },
      { resourceType: "Condition", code: { text: "b" } },
    ]);
  });

  it("a value is absent: its reason comes back, and without one that of the null flavour", () => {
    const models = problem(`${code}
  - { name: end, with: { fhir: "$resource.abatement.as(dateTime)", openehr: "${problemItems}[at0007]" } }`);
    const url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    const absent = (valueCode: string) => ({
      resourceType: "Condition",
      code: { text: "a" },
      _abatementDateTime: { extension: [{ url, valueCode }] },
    });
    const flat = toOpenEhr(models, absent("asked-declined"))(v1Semantics) as JsonObject;
    expect(toFhir(models, flat)(v1Semantics)).toEqual([absent("asked-declined")]);
    delete flat["ward/problem:0/abatement/_null_reason"];
    expect(toFhir(models, flat)(v1Semantics)).toEqual([absent("unknown")]);
    expect(toFhir(models, flat)(openFhirSemantics)[0]).not.toHaveProperty("_abatementDateTime");
  });

  it("a Period becomes an event: it comes back whole", () => {
    const models = pulse(`${method}
  - { name: time, with: { fhir: "$resource.effective", openehr: "$archetype/data[at0001]/events[at0002]" } }`);
    const effectivePeriod = { start: "2024-06-01T10:00:00+02:00", end: "2024-06-01T11:30:00+02:00" };
    const resource = { resourceType: "Observation", method: { text: "c" }, effectivePeriod };
    const flat = toOpenEhr(models, resource)(v1Semantics) as JsonObject;
    expect(toFhir(models, flat)(v1Semantics)).toEqual([resource]);
  });

  it("a path runs through a reference: what the Reference has is its own, and no resource is made", () => {
    const models = pulse(`${method}
  - { name: note, with: { fhir: "$resource.performer.identifier.value", openehr: "${items}[at0006]/items[at0007]" } }
  - { name: gender, with: { fhir: "$resource.device.manufacturer", openehr: "${items}[at0005]" } }`);
    const resource = {
      resourceType: "Observation",
      method: { text: "c" },
      performer: [{ identifier: { value: "7" } }],
    };
    const flat = toOpenEhr(models, resource)(v1Semantics) as JsonObject;
    expect(flat).toMatchObject({ [`${event}/reading:0/note:0`]: "7" });
    expect(toFhir(models, flat)(v1Semantics)).toEqual([resource]);
    expect(toFhir(models, flat)(openFhirSemantics)[0]?.contained).toHaveLength(2);
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
    const flat = toOpenEhr(models, resource)(v1Semantics);
    expect(flat).toMatchObject({
      "ward/problem:0/_other_participation:0|function": "recorder",
      "ward/problem:0/_other_participation:1|name": "A",
    });
    expect(toFhir(models, flat as JsonObject)(v1Semantics)).toEqual([resource]);
  });
});
