import { describe, expect, it } from "vitest";
import { type CheckOptions, checkMappings } from "../../../src/fhirconnect/check/check-mappings.js";
import { selectModels } from "../../../src/fhirconnect/merge/select-models.js";
import { contextText, lines, modelText, readContextText, readModelText } from "../mapping-text.js";
import { mappingsArePublished, publishedFolders, readLibrary } from "../published-mappings.js";

const check = (body: string, options: CheckOptions = {}, others: readonly string[] = []) => {
  const models = [modelText(body), ...others].map(readModelText);
  const archetypes = models.map(({ name }) => name.value);
  const context = readContextText(contextText({ archetypes, start: "OBSERVATION.pulse.v2" }));
  return checkMappings(selectModels(context, models), options);
};

const checkMethods = (methods: string, options: CheckOptions = {}, others: readonly string[] = []) =>
  check(`mappings:\n${methods}`, options, others);

describe("slots", () => {
  const slot = "  - { name: a, with: { fhir: x, openehr: y }, slotArchetype: CLUSTER.device.v1 }";
  const device = modelText("mappings: []", "CLUSTER.device.v1", "openEHR-EHR-CLUSTER.device.v1");

  it("to a model of the context are fine, by name and by archetype id", () => {
    expect(checkMethods(slot, {}, [device])).toEqual([]);
    expect(checkMethods(slot.replace("CLUSTER", "openEHR-EHR-CLUSTER"), {}, [device])).toEqual([]);
  });

  it("to an unknown model are a warning that says whether to upload or to list it", () => {
    expect(lines(checkMethods(slot))).toEqual(["warning CHECK_SLOT_UNKNOWN line 12, column 62"]);
    expect(checkMethods(slot)[0]?.message).toContain("upload it");
    const storedModels = new Set(["CLUSTER.device.v1"]);
    expect(checkMethods(slot, { storedModels })[0]?.message).toContain("list it in `archetypes`");
  });

  it("that lead back through another model are noted", () => {
    const back = modelText(
      "mappings:\n  - { name: b, with: { fhir: x, openehr: y }, slotArchetype: OBSERVATION.pulse.v2 }",
      "CLUSTER.device.v1",
      "openEHR-EHR-CLUSTER.device.v1",
    );
    expect(checkMethods(slot, {}, [back]).map(({ severity, code, mapping }) => [severity, code, mapping])).toEqual([
      ["note", "CHECK_SLOT_RECURSION", "OBSERVATION.pulse.v2"],
      ["note", "CHECK_SLOT_RECURSION", "CLUSTER.device.v1"],
    ]);
  });

  it("that call their own model on its own pair are a warning", () => {
    const endless =
      "  - { name: a, with: { fhir: $resource, openehr: $archetype }, slotArchetype: OBSERVATION.pulse.v2 }";
    expect(checkMethods(endless).map(({ code }) => code)).toEqual(["CHECK_SLOT_ENDLESS"]);
  });
});

describe("methods", () => {
  it("that have nothing but a name do nothing", () => {
    expect(lines(checkMethods("  - { name: a }"))).toEqual(["warning CHECK_METHOD_EMPTY line 12, column 7"]);
  });

  it("may do without paths when they have constants or children", () => {
    const methods = `  - { name: a, manual: [{ name: m, fhir: [{ path: status, value: final }] }] }
  - { name: b, followedBy: { mappings: [{ name: c, with: { fhir: x, openehr: y } }] } }`;
    expect(checkMethods(methods)).toEqual([]);
  });

  it.each([
    "with: { fhir: x }",
    "with: { fhir: x, openehr: $reference }",
    "with: { fhir: x, openehr: y, type: NONE }",
    "with: { fhir: x, openehr: y }, reference: { resourceType: Patient }",
    "with: { fhir: x, openehr: y }, manual: [{ name: m }]",
    "with: { fhir: x, openehr: y }, conceptmap: urn:map",
    "with: { fhir: x, openehr: y }, terminology: { type: inline, mappings: [{ openehr: a, fhir: b }] }",
  ])("are a warning at the key that has no effect: %s", (keys) => {
    const [finding, ...others] = checkMethods(`  - { name: a, ${keys} }`);
    expect(finding).toMatchObject({ severity: "warning", rule: "a", position: { line: 12 } });
    expect(others).toEqual([]);
  });

  it("whose file names a concept map are told that codes are carried as they are", () => {
    const text = modelText("mappings: []").replace("  openEhrConfig", "  conceptmap: urn:map\n  openEhrConfig");
    const context = readContextText(
      contextText({ archetypes: ["OBSERVATION.pulse.v2"], start: "OBSERVATION.pulse.v2" }),
    );
    const found = checkMappings(selectModels(context, [readModelText(text)]));
    expect(lines(found)).toEqual(["warning CHECK_TRANSLATION_WITHOUT_EFFECT line 7, column 15"]);
  });

  it("of one name beside each other are noted at the second, at every level", () => {
    const paths = "with: { fhir: x, openehr: y }";
    const methods = `  - { name: a, ${paths} }
  - { name: a, ${paths}, followedBy: { mappings: [{ name: b, ${paths} }, { name: b, ${paths} }] } }`;
    expect(checkMethods(methods).map(({ code, rule }) => [code, rule])).toEqual([
      ["CHECK_DUPLICATE_NAME", "a"],
      ["CHECK_DUPLICATE_NAME", "a.b"],
    ]);
  });

  it("with a program code nobody has are a warning with the nearest code", () => {
    const method = "  - { name: a, with: { fhir: x }, mappingCode: ratio_to_quantity }";
    expect(checkMethods(method)).toEqual([]);
    const [finding] = checkMethods(method, { mappingCodes: new Set(["ratio_to_dv_quantity"]) });
    expect(finding).toMatchObject({ severity: "warning", code: "CHECK_MAPPING_CODE_UNKNOWN" });
    expect(finding?.message).toContain("`ratio_to_dv_quantity`");
  });

  it("with constants inside a reference are a warning, also below `followedBy`", () => {
    const method = `  - name: a
    with: { fhir: subject, openehr: $reference }
    reference:
      resourceType: Patient
      mappings:
        - { name: b, with: { fhir: x }, followedBy: { mappings: [{ name: c, manual: [{ name: m, fhir: [{ path: p, value: v }] }] }] } }`;
    expect(checkMethods(method).map(({ code, rule }) => [code, rule])).toEqual([
      ["CHECK_MANUAL_IN_REFERENCE", "a.b.c"],
    ]);
  });
});

describe("directions", () => {
  it("against that of an enclosing method never run", () => {
    const method = `  - name: a
    unidirectional: fhir->openehr
    with: { fhir: x }
    followedBy: { mappings: [{ name: b, unidirectional: openehr->fhir, with: { openehr: y } }] }`;
    expect(lines(checkMethods(method))).toEqual(["warning CHECK_DIRECTION_CONTRADICTION line 15, column 57"]);
  });

  it("leave constants and conditions of the other side unused", () => {
    const method = `  - name: a
    unidirectional: fhir->openehr
    with: { fhir: x }
    openehrCondition: { targetRoot: $archetype, operator: empty }
    manual: [{ name: m, fhir: [{ path: p, value: v }] }]`;
    expect(lines(checkMethods(method))).toEqual([
      "warning CHECK_CONSTANT_UNUSED line 16, column 16",
      "note CHECK_CONDITION_UNUSED line 15, column 25",
    ]);
  });
});

describe("tables of constants", () => {
  it("with two entries for one input are a warning at the later gate", () => {
    const gate = (code: string) =>
      `fhirCondition: { targetRoot: $fhirRoot, targetAttribute: status, operator: one of, criteria: ${code} }`;
    const entry = (code: string) => `      - { name: m, openehr: [{ path: value, value: v }], ${gate(code)} }\n`;
    const table = `  - name: a\n    with: { fhir: $resource }\n    manual:\n`;
    expect(lines(checkMethods(`${table}${entry("[x, y]")}${entry("z")}${entry("y")}`))).toEqual([
      "warning CHECK_CONSTANT_AMBIGUOUS line 17, column 75",
    ]);
  });
});

describe("variables and steps", () => {
  const method = (fhir: string, openehr: string) => `  - { name: a, with: { fhir: "${fhir}", openehr: "${openehr}" } }`;

  it.each([
    ["$resource.status", "$archetype/data[at0001]"],
    ["$fhirRoot", "$openehrRoot/value"],
    ["code.coding", "items[at0001 and name/value='a ^ .. b']"],
    ["'Patient/' & $resource.id", "$composition/composer"],
    ["id & '^^^^urn:ihe'", "$reference/items[at0001]"],
    ["^^.status", "../items[at0001]"],
    ["$context.who", "a.b"],
  ])("are fine on their own side: %s, %s", (fhir, openehr) => {
    expect(checkMethods(method(fhir, openehr))).toEqual([]);
  });

  it.each([
    ["$archetype/data", "$archetype", "error CHECK_VARIABLE_SIDE line 12, column 30"],
    ["$resource", "$resource.status", "error CHECK_VARIABLE_SIDE line 12, column 52"],
    ["$resuorce.status", "$archetype", "error CHECK_VARIABLE_UNKNOWN line 12, column 30"],
    ["code.^.status", "$archetype", "error CHECK_PARENT_STEP line 12, column 30"],
    ["x", "^/items[at0001]", "error CHECK_PARENT_STEP line 12, column 44"],
    ["x", "$openEHRRoot", "note CHECK_VARIABLE_OLD line 12, column 44"],
    ["$fhirResource.id", "x", "note CHECK_VARIABLE_OLD line 12, column 30"],
  ])("are found in %s, %s", (fhir, openehr, expected) => {
    expect(lines(checkMethods(method(fhir, openehr)))).toEqual([expected]);
  });

  it("are checked in conditions, constants, the guard and the iteration too", () => {
    const body = `preprocessor:
  fhirCondition: { targetRoot: $archetype, operator: empty }
  hierarchy: { with: { fhir: $archetype, openehr: $resource } }
mappings:
  - name: a
    with: { fhir: x }
    openehrCondition: { targetRoot: $resource, operator: empty }
    manual: [{ name: m, openehr: [{ path: $fhirRoot.x, value: v }] }]`;
    expect(lines(check(body))).toEqual([
      "error CHECK_VARIABLE_SIDE line 12, column 32",
      "error CHECK_VARIABLE_SIDE line 13, column 30",
      "error CHECK_VARIABLE_SIDE line 13, column 51",
      "error CHECK_VARIABLE_SIDE line 17, column 37",
      "error CHECK_VARIABLE_SIDE line 18, column 43",
    ]);
  });
});

describe.skipIf(!mappingsArePublished)("published contexts (skipped without ../shared)", () => {
  it("are without errors of this kind", () => {
    const errors = publishedFolders().flatMap((folder) => {
      const { contexts, stored } = readLibrary(folder);
      return contexts.flatMap((context) =>
        lines(checkMappings(selectModels(context, stored)).filter(({ severity }) => severity === "error")),
      );
    });
    expect(errors).toEqual([]);
  });
});
