import { describe, expect, it } from "vitest";
import { mergeExtensions } from "../../../src/fhirconnect/merge/merge-extensions.js";
import type { MappingMethod } from "../../../src/fhirconnect/syntax/tree.js";
import { extensionText, lines, modelText, readExtensionText, readModelText } from "../mapping-text.js";

const core = readModelText(
  modelText(`terminology: { type: inline, mappings: [] }
mappings:
  - name: name
    with: { fhir: $resource.name, openehr: $archetype/name }
    fhirCondition: { targetRoot: $resource, operator: empty }
    followedBy:
      mappings:
        - { name: given, with: { fhir: given, openehr: a }, followedBy: { mappings: [{ name: deep, with: { fhir: d } }] } }
  - { name: bodySite, with: { fhir: $resource.bodySite, openehr: $archetype/site }, unidirectional: fhir->openehr }
  - name: subject
    with: { fhir: $resource.subject }
    reference: { resourceType: Patient, mappings: [{ name: label, with: { fhir: $fhirRoot.name } }] }`),
);

const merge = (...bodies: readonly string[]) =>
  mergeExtensions(
    core,
    bodies.map((body) => readExtensionText(extensionText(body))),
  );

const shape = (methods: readonly MappingMethod[]): unknown[] =>
  methods.map((method) => {
    const children = [...(method.reference?.mappings ?? []), ...method.followedBy];
    return children.length === 0 ? method.name : { [method.name]: shape(children) };
  });

describe("adding a method", () => {
  it("puts it behind the top-level list, whatever `appendTo` says", () => {
    const { model } = merge(
      "mappings:\n  - { name: meta, extension: add, appendTo: name, with: { fhir: $resource.meta } }",
    );
    expect(shape(model.mappings)).toEqual([
      { name: [{ given: ["deep"] }] },
      "bodySite",
      { subject: ["label"] },
      "meta",
    ]);
  });

  it("is what a method without `extension` gets, with a warning where it stands", () => {
    const { model, diagnostics } = merge("mappings:\n  - { name: meta, with: { fhir: $resource.meta } }");
    expect(model.mappings.at(-1)?.name).toBe("meta");
    expect(lines(diagnostics)).toEqual(["warning MERGE_KIND_MISSING line 6, column 7"]);
  });

  it("makes it a target for later methods and later extensions", () => {
    const { model } = merge(
      "mappings:\n  - { name: meta, extension: add, with: { fhir: $resource.meta } }",
      "mappings:\n  - { name: m, extension: append, appendTo: meta, followedBy: { mappings: [{ name: tag, with: { fhir: tag } }] } }",
    );
    expect(shape(model.mappings).at(-1)).toEqual({ meta: ["tag"] });
  });
});

describe("appending to a method", () => {
  const child = "followedBy: { mappings: [{ name: family, with: { fhir: family } }] }";

  it("puts the children behind those it has", () => {
    const { model, diagnostics } = merge(`mappings:\n  - { name: x, extension: append, appendTo: name, ${child} }`);
    expect(shape(model.mappings)[0]).toEqual({ name: [{ given: ["deep"] }, "family"] });
    expect(diagnostics).toEqual([]);
  });

  it("gives children to a method that had none", () => {
    const { model } = merge(`mappings:\n  - { name: x, extension: append, appendTo: bodySite, ${child} }`);
    expect(shape(model.mappings)[1]).toEqual({ bodySite: ["family"] });
  });

  it("steps through `followedBy` for each further part of the name", () => {
    const { model } = merge(`mappings:\n  - { name: x, extension: append, appendTo: name.given.deep, ${child} }`);
    expect(shape(model.mappings)[0]).toEqual({ name: [{ given: [{ deep: ["family"] }] }] });
  });

  it("steps through `reference.mappings` where `followedBy` has no such method, and notes it", () => {
    const { model, diagnostics } = merge(
      `mappings:\n  - { name: x, extension: append, appendTo: subject.label, ${child} }`,
    );
    expect(shape(model.mappings)[2]).toEqual({ subject: [{ label: ["family"] }] });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MERGE_THROUGH_REFERENCE"]);
  });

  it("does not look for its first part below the top level", () => {
    const { model, diagnostics } = merge(`mappings:\n  - { name: x, extension: append, appendTo: given, ${child} }`);
    expect(model.mappings).toEqual(core.mappings);
    expect(lines(diagnostics)).toEqual(["warning MERGE_TARGET_MISSING line 6, column 45"]);
  });

  it("replaces conditions that are given and leaves the others", () => {
    const { model } = merge(
      "mappings:\n  - { name: x, extension: append, appendTo: name, openehrCondition: { targetRoot: $archetype, operator: not empty } }",
    );
    expect(model.mappings[0]?.fhirConditions[0]?.operator.value).toBe("empty");
    expect(model.mappings[0]?.openehrConditions[0]?.operator.value).toBe("not empty");
  });

  it("ignores everything else, and says what", () => {
    const { model, diagnostics } = merge(
      "mappings:\n  - { name: x, extension: append, appendTo: name, with: { fhir: other }, slotArchetype: CLUSTER.x.v1 }",
    );
    expect(model.mappings).toEqual(core.mappings);
    expect(diagnostics[0]?.message).toContain("`with`, `slotArchetype`");
  });
});

describe("overwriting a method", () => {
  it("replaces it in place with all its members, so that what is left out is gone", () => {
    const { model } = merge("mappings:\n  - { name: bodySite, extension: overwrite, slotArchetype: CLUSTER.x.v1 }");
    expect(shape(model.mappings)).toEqual([{ name: [{ given: ["deep"] }] }, "bodySite", { subject: ["label"] }]);
    const bodySite = model.mappings[1];
    expect(bodySite?.slotArchetype?.value).toBe("CLUSTER.x.v1");
    expect(bodySite?.with).toBeUndefined();
    expect(bodySite?.unidirectional).toBeUndefined();
  });

  it("erases the children too", () => {
    const { model } = merge("mappings:\n  - { name: name, extension: overwrite, with: { fhir: $resource.name } }");
    expect(shape(model.mappings)[0]).toBe("name");
    expect(model.mappings[0]?.fhirConditions).toEqual([]);
  });

  it("prefers the top level to a nested method that comes earlier", () => {
    const { model } = merge(
      "mappings:\n  - { name: deep, extension: add, with: { fhir: top } }",
      "mappings:\n  - { name: deep, extension: overwrite, with: { fhir: changed } }",
    );
    expect(model.mappings.at(-1)?.with?.fhir?.value).toBe("changed");
    expect(model.mappings[0]).toEqual(core.mappings[0]);
  });

  it("finds a bare name below the top level, with a warning", () => {
    const { model, diagnostics } = merge(
      "mappings:\n  - { name: deep, extension: overwrite, with: { fhir: changed } }",
    );
    expect(model.mappings[0]?.followedBy[0]?.followedBy[0]?.with?.fhir?.value).toBe("changed");
    expect(lines(diagnostics)).toEqual(["warning MERGE_NESTED_TARGET line 6, column 7"]);
  });

  it("never finds a bare name inside a reference", () => {
    const { model, diagnostics } = merge(
      "mappings:\n  - { name: label, extension: overwrite, with: { fhir: changed } }",
    );
    expect(model.mappings).toEqual(core.mappings);
    expect(diagnostics.map(({ code }) => code)).toEqual(["MERGE_TARGET_MISSING"]);
  });

  it("reads a dotted name as the way to the method, which keeps its own name", () => {
    const { model, diagnostics } = merge(
      "mappings:\n  - { name: name.given, extension: overwrite, with: { fhir: changed } }",
    );
    expect(model.mappings[0]?.followedBy.map(({ name }) => name)).toEqual(["given"]);
    expect(model.mappings[0]?.followedBy[0]?.with?.fhir?.value).toBe("changed");
    expect(diagnostics.map(({ severity }) => severity)).toEqual(["note"]);
  });
});

describe("merging as a whole", () => {
  it("leaves extensions of other models aside", () => {
    const other = readExtensionText(
      extensionText("mappings:\n  - { name: x, extension: add }", "OBSERVATION.other.v1"),
    );
    expect(mergeExtensions(core, [other]).model).toEqual(core);
  });

  it("takes terminology, concept map and direction of the last extension that has them", () => {
    const { model } = merge(
      "terminology: { type: remote, server: urn:example:first }",
      "terminology: { type: remote, server: urn:example:second }",
      "mappings: []",
    );
    expect(model.terminology?.server?.value).toBe("urn:example:second");
  });

  it("ignores the guard of an extension, with a warning", () => {
    const { model, diagnostics } = merge("preprocessor: { fhirCondition: { targetRoot: $resource, operator: empty } }");
    expect(model.preprocessor).toBeUndefined();
    expect(lines(diagnostics)).toEqual(["warning MERGE_PREPROCESSOR_IGNORED line 5, column 17"]);
  });

  it("changes neither the model nor the extensions", () => {
    const extension = readExtensionText(
      extensionText(`mappings:
  - { name: a, extension: add, with: { fhir: x } }
  - { name: b, extension: append, appendTo: name.given, followedBy: { mappings: [{ name: c, with: { fhir: y } }] } }
  - { name: bodySite, extension: overwrite, with: { fhir: z } }`),
    );
    const before = JSON.stringify([core, extension]);
    mergeExtensions(core, [extension, extension]);
    expect(JSON.stringify([core, extension])).toBe(before);
  });
});
