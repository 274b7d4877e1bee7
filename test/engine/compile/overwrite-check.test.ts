import { describe, expect, it } from "vitest";
import type { Semantics } from "../../../src/engine/semantics.js";
import { v1Semantics } from "../../../src/engine/semantics.js";
import { firstBodyLine, type WardModel, wardPlan } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";
const device = "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]";

function pulse(body: string): WardModel {
  return { name: "OBSERVATION.pulse.v1", type: "Observation", body: `mappings:\n${body}` };
}

/** What is said of occurrences that replace one another. */
function found(models: readonly WardModel[], semantics?: Semantics) {
  return wardPlan(models, semantics).diagnostics.filter(({ code }) => code === "MAPPING_OCCURRENCES_OVERWRITTEN");
}

/** A method below one that iterates the events into components. */
function inEvent(method: string): WardModel {
  return pulse(`  - name: event
    with: { fhir: "$resource.component", openehr: "$archetype/data[at0001]/events[at0002]" }
    followedBy: { mappings: [${method}] }`);
}

describe("the compile warns of occurrences that replace one another in FHIR", () => {
  it("with node, element, file, line and rule, once for all methods that lose the same", () => {
    const method = (name: string, path: string) =>
      `  - { name: ${name}, with: { fhir: "$resource.${path}", openehr: "${device}/items[at0001]" } }`;
    const [only, ...others] = found([
      pulse([method("kind", "device.display"), method("note", "note.text"), method("way", "method.text")].join("\n")),
    ]);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      severity: "warning",
      mapping: "OBSERVATION.pulse.v1",
      rule: "kind",
      position: { file: "OBSERVATION.pulse.v1.yml", line: firstBodyLine + 1 },
      path: expect.stringContaining("CLUSTER.device.v1"),
    });
    expect(only?.message).toMatch(
      /"Device" may occur more than once .* Observation\.device holds one .* same holds for way\./,
    );
  });

  it.each([
    ["a value", `{ name: depth, with: { fhir: "value", openehr: "items[at0006]/items[at0008]" } }`],
    ["a list below a single element", `{ name: depth, with: { fhir: "code.coding", openehr: "items[at0005]" } }`],
    [
      "an element for the children of a method",
      `{ name: code, with: { fhir: "code", openehr: "items[at0006]" }, followedBy: { mappings: [{ name: text, with: { fhir: "text", openehr: "items[at0007]" } }] } }`,
    ],
  ])("for %s below a method that iterates an outer node", (_, method) => {
    const body = method.replaceAll('"items[at0005', `"${items}[at0005`).replaceAll('"items[at0006', `"${items}[at0006`);
    expect(found([inEvent(body)])).toContainEqual(
      expect.objectContaining({ rule: expect.stringMatching(/^event\.\w+$/) }),
    );
  });

  it("for a method below one that iterates without creating an element", () => {
    const below = (path: string) =>
      pulse(`  - name: event
    with: { fhir: "$resource", openehr: "$archetype/data[at0001]/events[at0002]" }
    followedBy: { mappings: [{ name: rate, with: { fhir: "${path}", openehr: "${items}[at0004]" } }] }`);
    expect(found([below("value")])).toEqual([expect.objectContaining({ rule: "event.rate" })]);
    expect(found([below("component.value")])).toEqual([]);
  });

  it("for a model without hierarchy whose archetype repeats, where all share one resource", () => {
    const model = (header: string): WardModel => ({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `${header}mappings:\n  - { name: code, with: { fhir: "$resource.code", openehr: "$archetype/data[at0001]/items[at0002]" } }`,
    });
    const hierarchy = `preprocessor: { hierarchy: { with: { fhir: "$resource", openehr: "$archetype" } } }\n`;
    expect(found([model("")])).toHaveLength(1);
    expect(found([model(hierarchy)])).toEqual([]);
    expect(found([model("")], v1Semantics)).toEqual([]);
  });
});

describe("the compile does not warn", () => {
  it.each([
    ["of a list", inEvent(`{ name: note, with: { fhir: "interpretation.text", openehr: "${items}[at0005]" } }`)],
    [
      "of an extension",
      inEvent(`{ name: note, with: { fhir: "extension('urn:x').value", openehr: "${items}[at0005]" } }`),
    ],
    [
      "of what a condition chooses",
      inEvent(
        `{ name: depth, with: { fhir: "value", openehr: "${items}[at0006]/items[at0008]" }, openehrCondition: { targetRoot: "${items}[at0006]", targetAttribute: "items[at0007]", operator: "one of", criteria: "deep" } }`,
      ),
    ],
    [
      "of a method that only runs to openEHR, nor of those below it",
      pulse(`  - name: event
    unidirectional: fhir->openehr
    with: { fhir: "$resource.method", openehr: "$archetype/data[at0001]/events[at0002]" }
    followedBy: { mappings: [{ name: note, with: { fhir: "text", openehr: "${items}[at0005]" } }] }`),
    ],
    [
      "of constants",
      inEvent(
        `{ name: fix, with: { fhir: "code", openehr: "${items}[at0006]" }, manual: [{ name: m, fhir: [{ path: "text", value: x }] }] }`,
      ),
    ],
  ])("%s", (_, model) => {
    expect(found([model])).toEqual([]);
  });
});
