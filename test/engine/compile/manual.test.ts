import { describe, expect, it } from "vitest";
import { type ConstantMethod, expandConstants } from "../../../src/engine/compile/manual.js";
import { readMethodText } from "../../fhirconnect/mapping-text.js";

function expand(manual: string, more = "") {
  return expandConstants(
    readMethodText(`  - name: phase
    with: { fhir: "$resource.status", openehr: "$archetype/items[at0011]" }
    manual:
${manual}
${more}`),
    "entry",
  );
}

function summary({ method, constant }: ConstantMethod): string {
  const path = constant.side === "fhir" ? method.with?.fhir?.value : method.with?.openehr?.value;
  return `${method.name}: ${path} = ${constant.value} (${constant.direction})`;
}

describe("a constant for openEHR", () => {
  it("stands below the openEHR path of its method and runs to openEHR only", () => {
    const { before, children } = expand(`      - name: running
        openehr: [{ path: "defining_code/code_string", value: at0030 }, { path: value, value: Running }]`);
    expect(before.map(summary)).toEqual([
      "phase.running: $archetype/items[at0011]/defining_code/code_string = at0030 (fhir->openehr)",
      "phase.running: $archetype/items[at0011] = Running (fhir->openehr)",
    ]);
    expect(children).toEqual([]);
  });

  it.each(["", "$openehrRoot", "value"])("may mean the element itself: %j", (path) => {
    const { before } = expand(`      - { name: running, openehr: [{ path: "${path}", value: x }] }`);
    expect(before.map(summary)).toEqual(["phase.running: $archetype/items[at0011] = x (fhir->openehr)"]);
  });

  it("has the condition of its entry, looked at from the element of the method", () => {
    const { before } = expand(`      - name: running
        openehr: [{ path: "", value: x }]
        fhirCondition: { targetRoot: "$fhirRoot.coding", targetAttribute: code, operator: "one of", criteria: active }`);
    expect(before[0]?.method.fhirConditions.map(({ targetRoot }) => targetRoot.value)).toEqual([
      "$resource.status.coding",
    ]);
  });

  it("has the condition of its method when its entry has none", () => {
    const { before } = expand(
      `      - { name: running, openehr: [{ path: "", value: x }] }`,
      `    fhirCondition: { targetRoot: "$resource.status", operator: "not empty" }`,
    );
    expect(before[0]?.method.fhirConditions.map(({ operator }) => operator.value)).toEqual(["not empty"]);
  });
});

describe("a constant for FHIR", () => {
  it("stands below the element of its method and runs to FHIR only", () => {
    const { before, children } = expand(`      - name: running
        fhir: [{ path: code, value: active }, { path: "", value: x }]`);
    expect(children.map(summary)).toEqual([
      "running: code = active (openehr->fhir)",
      "running: $fhirRoot = x (openehr->fhir)",
    ]);
    expect(before).toEqual([]);
  });

  it("has the condition of its entry", () => {
    const { children } = expand(`      - name: running
        fhir: [{ path: "", value: active }]
        openehrCondition: { targetRoot: "$openehrRoot", targetAttribute: "defining_code/code_string", operator: "one of", criteria: at0030 }`);
    expect(children[0]?.method.openehrConditions).toHaveLength(1);
  });
});

describe("the entries of a manual", () => {
  it("are expanded in their order, each side for itself", () => {
    const { before, children } =
      expand(`      - { name: one, fhir: [{ path: "", value: a }], openehr: [{ path: "", value: A }] }
      - { name: two, fhir: [{ path: "", value: b }], openehr: [{ path: "", value: B }] }`);
    expect(before.map(({ constant }) => constant.value)).toEqual(["A", "B"]);
    expect(children.map(({ constant }) => constant.value)).toEqual(["a", "b"]);
  });

  it("are none where the method has none", () => {
    const method = readMethodText(`  - { name: plain, with: { fhir: "$resource.status", openehr: "$archetype" } }`);
    expect(expandConstants(method, "entry")).toEqual({ before: [], children: [] });
  });
});
