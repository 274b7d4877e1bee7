import { describe, expect, it } from "vitest";
import type { SemanticsName } from "../../../src/fhirconnect/dialect/semantics-setting.js";
import { byRemark, event, flatOf, mapperOf, pulse, rate } from "../fixtures/hierarchies.js";
import { firstBodyLine, toResources } from "../fixtures/ward-mapper.js";

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
