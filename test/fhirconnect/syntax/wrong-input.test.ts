import { describe, expect, it } from "vitest";
import { mappingProblem } from "../../../src/fhirconnect/syntax/problems.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { contextText, extensionText, lines, modelText } from "../mapping-text.js";

const errorsOf = (text: string): readonly string[] =>
  lines(readMapping(text).diagnostics.filter(({ severity }) => severity === "error"));

const good = modelText("mappings: []");

describe("a header that lacks something or says what does not exist", () => {
  it.each([
    ["no grammar", good.replace(/^grammar.*\n/, ""), ["MAPPING_MISSING_KEY line 1, column 1"]],
    [
      "a grammar of another language",
      good.replace("FHIRConnect/v1.0.0", "OMOCL/v1"),
      ["MAPPING_UNKNOWN_VALUE line 1, column 10"],
    ],
    ["no type", good.replace("type: model\n", ""), ["MAPPING_MISSING_KEY line 1, column 1"]],
    ["an unknown type", good.replace("type: model", "type: modle"), ["MAPPING_UNKNOWN_VALUE line 2, column 7"]],
    ["no name", good.replace('name: "OBSERVATION.pulse.v2", ', ""), ["MAPPING_MISSING_KEY line 3, column 13"]],
    ["a blank name", good.replace("OBSERVATION.pulse.v2", "  "), ["MAPPING_MISSING_KEY line 3, column 19"]],
    ["an empty version", good.replace("version: 1.0.0", "version: "), ["MAPPING_MISSING_KEY line 3, column 43"]],
    ["another system", good.replace("system: FHIR", "system: OMOP"), ["MAPPING_UNKNOWN_VALUE line 5, column 11"]],
    ["an unknown release", good.replace("version: R4", "version: R3"), ["MAPPING_UNKNOWN_VALUE line 6, column 12"]],
    [
      "openEhrConfig without archetype",
      good.replace(/archetype: .*/, "revision: 1"),
      ["MAPPING_MISSING_KEY line 8, column 5"],
    ],
    [
      "an extension without extends",
      extensionText("").replace(/, extends: \S+/, ""),
      ["MAPPING_MISSING_KEY line 4, column 9"],
    ],
  ])("%s", (_, text, expected) => {
    expect(errorsOf(text)).toEqual(expected.map((line) => `error ${line}`));
  });

  it("is reported once for each missing key of a context, all in one reading", () => {
    const text = `grammar: FHIRConnect/v1.0.0
type: context
metadata: { name: c, version: 1.0.0 }
spec: { system: FHIR, version: R4 }
context:
  template: { sem_ver: 1.0.0 }`;
    expect(errorsOf(text)).toEqual([
      "error MAPPING_MISSING_KEY line 6, column 3",
      "error MAPPING_MISSING_KEY line 6, column 15",
      "error MAPPING_MISSING_KEY line 6, column 3",
      "error MAPPING_MISSING_KEY line 6, column 3",
    ]);
  });

  it("names the old generation of files that begin with `format`", () => {
    expect(errorsOf("format: FHIRConnect/0.0.2\nversion: 0.0.1")).toEqual([
      "error MAPPING_OLD_GENERATION line 1, column 1",
    ]);
  });
});

describe("a method that is not one", () => {
  it.each([
    ["a method without name", "  - with: { fhir: $resource }", "MAPPING_MISSING_KEY line 12, column 5"],
    ["a misspelt key", "  - { name: a, followdBy: {} }", "MAPPING_UNKNOWN_KEY line 12, column 16"],
    ["a misspelt key inside `with`", "  - { name: a, with: { fihr: x } }", "MAPPING_UNKNOWN_KEY line 12, column 24"],
    ["a list where a path belongs", "  - { name: a, with: { fhir: [x] } }", "MAPPING_WRONG_TYPE line 12, column 30"],
    ["text where `with` belongs", "  - { name: a, with: $resource }", "MAPPING_WRONG_TYPE line 12, column 22"],
    ["text where a method belongs", "  - status", "MAPPING_WRONG_TYPE line 12, column 5"],
    [
      "children without `mappings`",
      "  - { name: a, followedBy: [{ name: b }] }",
      "MAPPING_WRONG_TYPE line 12, column 28",
    ],
    ["`mappings` beside the method's keys", "  - { name: a, mappings: [] }", "MAPPING_UNKNOWN_KEY line 12, column 16"],
    [
      "a reference without type",
      "  - { name: a, reference: { mappings: [] } }",
      "MAPPING_MISSING_KEY line 12, column 29",
    ],
    ["a direction that is none", "  - { name: a, unidirectional: both }", "MAPPING_UNKNOWN_VALUE line 12, column 32"],
    [
      "an unknown operator",
      "  - { name: a, fhirCondition: { targetRoot: x, operator: like, criteria: y } }",
      "MAPPING_UNKNOWN_VALUE line 12, column 58",
    ],
    [
      "a condition without root",
      "  - { name: a, fhirCondition: { operator: empty } }",
      "MAPPING_MISSING_KEY line 12, column 33",
    ],
    [
      "a comparison with nothing",
      "  - { name: a, fhirCondition: { targetRoot: x, operator: one of } }",
      "MAPPING_MISSING_KEY line 12, column 33",
    ],
    [
      "a comparison with an empty list",
      "  - { name: a, fhirCondition: { targetRoot: x, operator: not of, criteria: [] } }",
      "MAPPING_MISSING_KEY line 12, column 76",
    ],
    [
      "a direction beside `with` and another one in it",
      "  - { name: a, unidirectional: openehr->fhir, with: { fhir: x, unidirectional: fhir->openehr } }",
      "MAPPING_DUPLICATE_KEY line 12, column 64",
    ],
    [
      "a constant without value",
      "  - { name: a, manual: [{ name: m, fhir: [{ path: x }] }] }",
      "MAPPING_MISSING_KEY line 12, column 45",
    ],
    [
      "a constant without path",
      "  - { name: a, manual: [{ name: m, fhir: [{ value: x }] }] }",
      "MAPPING_MISSING_KEY line 12, column 45",
    ],
    ["a key twice", "  - { name: a, name: b }", "MAPPING_DUPLICATE_KEY line 12, column 16"],
    [
      "a key in two spellings",
      "  - { name: a, with: { openehr: x, openEHR: y } }",
      "MAPPING_DUPLICATE_KEY line 12, column 36",
    ],
    ["the key __proto__", "  - { name: a, __proto__: { x: y } }", "MAPPING_UNKNOWN_KEY line 12, column 16"],
    ["the key constructor", "  - { name: a, constructor: b }", "MAPPING_UNKNOWN_KEY line 12, column 16"],
  ])("%s", (_, method, expected) => {
    expect(errorsOf(modelText(`mappings:\n${method}`))).toEqual([`error ${expected}`]);
  });

  it("is named with its parents, and a misspelt key with the nearest known one", () => {
    const { diagnostics } = readMapping(
      modelText("mappings:\n  - { name: a, followedBy: { mappings: [{ name: b, slotArchetpye: c }] } }"),
    );
    expect(diagnostics[0]).toMatchObject({ rule: "a.b", mapping: "OBSERVATION.pulse.v2" });
    expect(diagnostics[0]?.message).toContain("Did you mean `slotArchetype`?");
  });

  it("must say what to append to", () => {
    expect(errorsOf(extensionText("mappings:\n  - { name: a, extension: append }"))).toEqual([
      "error MAPPING_MISSING_KEY line 6, column 7",
    ]);
  });
});

describe("text that is not one YAML document", () => {
  it.each([
    ["nothing", "", "MAPPING_EMPTY line 1, column 1"],
    ["comments only", "# grammar: FHIRConnect/v1.0.0\n", "MAPPING_EMPTY line 1, column 1"],
    ["two documents", "a: 1\n---\nb: 2\n", "MAPPING_SEVERAL_DOCUMENTS line 2, column 1"],
    ["a list", "- a", "MAPPING_WRONG_TYPE line 1, column 1"],
    ["text behind a quoted text", 'a: "x" "y"', "MAPPING_NOT_YAML line 1, column 8"],
    ["an alias without anchor", "a: *b", "MAPPING_NOT_YAML line 1, column 4"],
    ["an alias inside its own anchor", "a: &b [*b]", "MAPPING_NOT_YAML line 1, column 8"],
  ])("%s", (_, text, expected) => {
    expect(errorsOf(text)[0]).toBe(`error ${expected}`);
  });
});

describe("the problem made of diagnostics", () => {
  it("holds every error under its own code, and no warnings", () => {
    const text = contextText({ archetypes: ["a"], start: "a" })
      .replace("system: FHIR", "system: X")
      .replace("R4", "R9");
    const problem = mappingProblem(readMapping(text, { file: "ward.yml" }).diagnostics);
    expect(problem.kind).toMatchObject({ code: "MAPPING_INVALID", category: "invalid" });
    expect(problem.place.position).toEqual({ file: "ward.yml", line: 4, column: 17 });
    expect(problem.others.map(({ code }) => code)).toEqual(["MAPPING_UNKNOWN_VALUE", "MAPPING_UNKNOWN_VALUE"]);
  });
});
