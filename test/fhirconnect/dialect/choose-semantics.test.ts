import { describe, expect, it } from "vitest";
import { chooseSemantics } from "../../../src/fhirconnect/dialect/choose-semantics.js";
import { mergeExtensions } from "../../../src/fhirconnect/merge/merge-extensions.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import type { ExtensionMapping, ModelMapping } from "../../../src/fhirconnect/syntax/tree.js";

function read(text: string, file: string) {
  const { mapping, diagnostics } = readMapping(text, { file });
  if (mapping === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return mapping;
}

function model(mappings: string, name = "OBSERVATION.pulse.v1"): ModelMapping {
  return read(
    `grammar: FHIRConnect/v1.0.0
type: model
metadata: { name: "${name}", version: 1.0.0 }
spec:
  system: FHIR
  version: R4
  openEhrConfig: { archetype: openEHR-EHR-OBSERVATION.pulse.v1 }
  fhirConfig: { structureDefinition: "http://hl7.org/fhir/StructureDefinition/Observation" }
mappings:
${mappings}`,
    name,
  ) as ModelMapping;
}

function extension(mappings: string): ExtensionMapping {
  return read(
    `grammar: FHIRConnect/v1.0.0
type: extension
metadata: { name: pulse.extension, version: 1.0.0 }
spec: { system: FHIR, version: R4, extends: OBSERVATION.pulse.v1 }
mappings:
${mappings}`,
    "pulse.extension",
  ) as ExtensionMapping;
}

const plain = `  - { name: rate, with: { fhir: "$resource.value", openehr: "$archetype/data" } }`;
const quantity = `  - { name: typed, with: { fhir: "$resource.value", openehr: "$archetype/data", type: QUANTITY } }`;
const parent = `  - { name: above, with: { fhir: "^.code", openehr: "$archetype/data" } }`;
const bracketed = `{ targetRoot: "$resource", targetAttribute: status, operator: one of, criteria: "[a, b]" }`;

describe("the semantics of a context", () => {
  it.each([
    ["a static type", quantity],
    ["a constant beside the pair", `  - { name: typed, with: { fhir: "$resource.status", value: final } }`],
    [
      "concatenation",
      `  - { name: typed, with: { fhir: "'Patient/' & $resource.subject.reference", openehr: "$archetype" } }`,
    ],
    [
      "concatenation without blanks",
      `  - { name: typed, with: { fhir: "$resource.subject.reference&'/x^'", openehr: "$archetype" } }`,
    ],
    ["criteria in brackets", `${plain.replace("rate", "typed").replace(" } }", ` }, fhirCondition: ${bracketed} }`)}`],
    [
      "criteria in brackets before constants",
      `  - name: typed
    with: { fhir: "$resource", openehr: "$archetype" }
    manual: [{ name: m, fhir: [{ path: status, value: final }], fhirCondition: ${bracketed} }]`,
    ],
    [
      "a slot by archetype id",
      `  - { name: typed, with: { fhir: "$resource", openehr: "$archetype" }, slotArchetype: openEHR-EHR-CLUSTER.device.v1 }`,
    ],
  ])("are openFHIR's with %s", (_, mappings) => {
    expect(chooseSemantics([model(`${plain}\n${mappings}`)])).toMatchObject({
      name: "openfhir",
      chosenBy: "files",
      evidence: { mapping: "OBSERVATION.pulse.v1", rule: "typed", position: { file: "OBSERVATION.pulse.v1" } },
    });
  });

  it.each([
    ["the parent operator", parent],
    ["the way to the parent", `  - { name: above, with: { fhir: "$resource.code", openehr: "../data" } }`],
    [
      "the parent in the root of a condition",
      `  - { name: above, with: { fhir: "$resource.code", openehr: "$archetype" }, fhirCondition: { targetRoot: "^.code", targetAttribute: text, operator: not empty } }`,
    ],
    [
      "participations",
      `  - { name: above, with: { fhir: "$resource.performer", openehr: "$archetype" }, participationsFunction: performer }`,
    ],
  ])("are those of v1.0.0 with %s, which openFHIR does not know", (_, mappings) => {
    expect(chooseSemantics([model(`${plain}\n${mappings}`)])).toMatchObject({
      name: "v1",
      chosenBy: "files",
      evidence: { rule: "above", position: { line: 11 } },
    });
  });

  it.each([
    ["nothing that only one dialect has", plain],
    ["the type that both have", plain.replace("}", ", type: NONE }")],
    ["a circumflex inside quotes or a path", plain.replace("$resource.value", "$resource.value.where(code='^x')")],
  ])("are openFHIR's with %s", (_, mappings) => {
    expect(chooseSemantics([model(mappings)])).toMatchObject({ name: "openfhir", chosenBy: "default" });
  });

  it("are openFHIR's when constructs of both stand in the files, whatever comes first", () => {
    expect(chooseSemantics([model(`${parent}\n${quantity}`)]).name).toBe("openfhir");
    expect(chooseSemantics([model(parent), model(quantity, "other")]).name).toBe("openfhir");
  });

  it("are told by methods within methods, too", () => {
    const nested = `  - name: outer
    with: { fhir: "$resource.component", openehr: "$archetype" }
    followedBy:
      mappings:
        - name: inner
          with: { fhir: "value", openehr: "data" }
          reference: { resourceType: Device, mappings: [{ name: deep, with: { fhir: "id", openehr: "x", type: STRING } }] }`;
    expect(chooseSemantics([model(nested)]).evidence).toMatchObject({ rule: "outer.inner.deep" });
  });

  it("do not depend on a slot that calls a model by its name, even if that is an archetype id", () => {
    const slot = `  - { name: s, with: { fhir: "$resource", openehr: "$archetype" }, slotArchetype: openEHR-EHR-CLUSTER.device.v1 }`;
    const models = [model(slot), model(plain, "openEHR-EHR-CLUSTER.device.v1")];
    expect(chooseSemantics(models).chosenBy).toBe("default");
  });

  it("are told by what an extension brings, with the place in its file, and not by what it has replaced", () => {
    const brings = mergeExtensions(model(plain), [
      extension(quantity.replace("name: typed", "name: typed, extension: add")),
    ]);
    expect(chooseSemantics([brings.model]).evidence?.position).toMatchObject({ file: "pulse.extension", line: 6 });
    const replaces = plain.replace("name: rate", "name: typed, extension: overwrite");
    expect(chooseSemantics([mergeExtensions(model(quantity), [extension(replaces)]).model]).chosenBy).toBe("default");
  });

  it("are what the configuration says, whatever the files hold", () => {
    expect(chooseSemantics([model(quantity)], { configured: "v1" })).toMatchObject({
      name: "v1",
      chosenBy: "configuration",
    });
    expect(chooseSemantics([model(parent)], { configured: "openfhir" }).name).toBe("openfhir");
    expect(chooseSemantics([model(parent)], { configured: "auto" }).chosenBy).toBe("files");
  });

  it("are what the upload says, whatever the configuration and the files hold; `auto` leaves it to the files", () => {
    const models = [model(quantity)];
    expect(chooseSemantics(models, { uploaded: "v1", configured: "openfhir" })).toMatchObject({
      name: "v1",
      chosenBy: "upload",
    });
    expect(chooseSemantics(models, { uploaded: "auto", configured: "v1" })).toMatchObject({
      name: "openfhir",
      chosenBy: "files",
    });
  });
});
