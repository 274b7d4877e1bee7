import { describe, expect, it } from "vitest";
import { readAssertion } from "./assertion.js";
import { firstFailedAssertion } from "./assertions.js";

function failure(raw: unknown, body: unknown, options: { status?: number; input?: unknown } = {}): string | undefined {
  return firstFailedAssertion([readAssertion(raw)], {
    input: options.input ?? {},
    answer: { status: options.status ?? 200, body },
    fhirVersion: "R4",
  });
}

const composition = {
  context: { start_time: { value: "2018-10-04T10:00:00" }, end_time: null },
  content: [
    { archetype_node_id: "at1", value: { magnitude: 501, units: "kg" } },
    { archetype_node_id: "at1", value: { magnitude: 502.0004, units: "kg" } },
  ],
};
const bundle = { resourceType: "Bundle", entry: [{ resource: { resourceType: "Patient", active: true } }] };
const aqls = {
  aqls: [
    { aql: "SELECT h", type: "ENTRY" },
    { aql: "SELECT other", type: "ENTRY" },
  ],
  unhandledParams: null,
};

type Row = readonly [what: string, raw: unknown, right: unknown, wrong: unknown];
const changed = { ...composition, content: [{ archetype_node_id: "at1", value: { magnitude: 7, units: "g" } }] };
const rows: readonly Row[] = [
  ["FHIRPath equality", { fhirpath: "Bundle.entry.count()", equals: 1 }, bundle, { ...bundle, entry: [] }],
  ["FHIRPath truth", { fhirpath: "Bundle.entry.exists()", equals: true }, bundle, { resourceType: "Bundle" }],
  [
    "FHIRPath absence",
    { fhirpath: "Bundle.entry.fullUrl", absent: true },
    bundle,
    { resourceType: "Bundle", entry: [{ fullUrl: "u" }] },
  ],
  ["FLAT text", { flat: "a/b", equals: "x" }, { "a/b": "x" }, { "a/b": "y" }],
  ["FLAT text of a number", { flat: "a/b", equals: "7.4" }, { "a/b": 7.4 }, { "a/b": 7.5 }],
  ["FLAT text of a boolean", { flat: "a/b", equals: "true" }, { "a/b": true }, { "a/b": false }],
  ["FLAT number", { flat: "a/b", equals: 54 }, { "a/b": 54 }, { "a/b": 55 }],
  ["FLAT numeric text", { flat: "a/b", equals: 54 }, { "a/b": "54.0" }, { "a/b": "54 kg" }],
  ["FLAT zero", { flat: "a/b", equals: 0 }, { "a/b": "0" }, { "a/b": " " }],
  ["a FLAT key", { flat: "a/b", equals: "x" }, { "a/b": "x" }, { "a/c": "x" }],
  ["a FLAT key if present", { flat: "a/b", equals: "x", ifPresent: true }, { "a/b": "x" }, { "a/b": "y" }],
  ["FLAT absence", { flat: "a/b", absent: true }, {}, { "a/b": null }],
  ["a FLAT result with keys", { flatNotEmpty: true }, { "a/b": 1 }, {}],
  ["the first RM match", { rmPath: "/content[at1]/value/magnitude", equals: 501 }, composition, changed],
  ["an RM match by number", { rmPath: "/content[at1]/value/units", at: 1, equals: "kg" }, composition, changed],
  [
    "a number within its tolerance",
    { rmPath: "/content[at1]/value/magnitude", at: 1, equals: 502, tolerance: 0.001 },
    composition,
    changed,
  ],
  [
    "a number beyond its tolerance",
    { rmPath: "/content/value/magnitude", equals: 501, tolerance: 0.5 },
    composition,
    { content: [{ value: { magnitude: 501.6 } }] },
  ],
  [
    "RM number, not text",
    { rmPath: "/content/value/magnitude", equals: 501 },
    composition,
    { content: [{ value: { magnitude: "501" } }] },
  ],
  ["the number of RM matches", { rmPath: "/content[at1]", count: 2 }, composition, changed],
  ["values contained", { rmPath: "/content/value/magnitude", contains: [502.0004, 501] }, composition, changed],
  ["values out of a list", { rmPath: "/content/value/units", allIn: ["kg", "lb"] }, composition, changed],
  ["some value out of a list", { rmPath: "/content/value/units", allIn: ["kg"] }, composition, { content: [] }],
  [
    "an object contained",
    { rmPath: "/content/value", containsObject: { magnitude: 501, units: "kg" } },
    composition,
    changed,
  ],
  [
    "attributes of one object",
    { rmPath: "/content/value", containsObject: { a: 1, b: 2 } },
    { content: [{ value: { a: 1, b: 2 } }] },
    { content: [{ value: { a: 1 } }, { value: { b: 2 } }] },
  ],
  [
    "a beginning",
    { rmPath: "/context/start_time/value", startsWith: "2018-10-04" },
    composition,
    { context: { start_time: { value: "2018-10-05" } } },
  ],
  ["a JSON Pointer", { pointer: "/content/0/value/units", equals: "kg" }, composition, changed],
  ["a JSON Pointer to null", { pointer: "/context/end_time", equals: null }, composition, { context: {} }],
  ["the first AQL of a type", { aql: "ENTRY", equals: "SELECT h" }, aqls, { aqls: [...aqls.aqls].reverse() }],
  [
    "the absence of an AQL type",
    { aql: "COMPOSITION", absent: true },
    aqls,
    { aqls: [{ aql: "SELECT c", type: "COMPOSITION" }] },
  ],
  ["the number of AQLs", { aqlCount: 2 }, aqls, { aqls: [] }],
];

describe("assertions", () => {
  it.each(rows)("pass for the right result: %s", (_what, raw, right) => {
    expect(failure(raw, right)).toBeUndefined();
  });

  it.each(rows)("fail for a wrong result: %s", (_what, raw, _right, wrong) => {
    expect(failure(raw, wrong)).toBeTypeOf("string");
  });

  it("fail when the document has another kind altogether", () => {
    for (const [, raw] of rows) expect(failure(raw, "Internal Server Error")).toBeTypeOf("string");
  });

  it("fail when the call was refused, with the message of the server", () => {
    for (const [, raw, right] of rows) expect(failure(raw, right, { status: 400 })).toContain("400");
    expect(failure({ noError: true }, "no context for this template", { status: 400 })).toContain("no context");
  });

  it("ask FHIRPath for exactly one item", () => {
    const two = { resourceType: "Bundle", entry: [...bundle.entry, ...bundle.entry] };
    expect(failure({ fhirpath: "Bundle.entry.resource.active", equals: true }, two)).toContain("exactly one item");
    expect(failure({ fhirpath: "Bundle.entry.resource.gender", equals: "male" }, bundle)).toContain("exactly one item");
  });

  it("pass over a key that may be missing or null", () => {
    const raw = { flat: "a/b", equals: "x", ifPresent: true };
    expect(failure(raw, {})).toBeUndefined();
    expect(failure(raw, { "a/b": null })).toBeUndefined();
  });

  it("look at the input when they say so", () => {
    const raw = { on: "input", fhirpath: "Bundle.entry.count()", equals: 1 };
    expect(failure(raw, {}, { input: bundle })).toBeUndefined();
    expect(failure(raw, bundle, { input: { resourceType: "Bundle" } })).toContain("input fhirpath");
  });

  it("do not take inherited members for keys", () => {
    expect(failure({ flat: "constructor", absent: true }, { "a/b": 1 })).toBeUndefined();
    expect(failure({ pointer: "/constructor/name", equals: "Object" }, {})).toBeTypeOf("string");
  });

  it("do not count an absent AQL for an answer without the list", () => {
    expect(failure({ aql: "ENTRY", absent: true }, { error: "none" })).toContain("aqls");
    expect(failure({ aqlCount: 0 }, {})).toContain("aqls");
  });

  it("say which expression cannot be evaluated", () => {
    expect(failure({ fhirpath: "Bundle.nosuch()", equals: 1 }, bundle)).toContain("Bundle.nosuch()");
  });
});

describe("an expected refusal", () => {
  const raw = { error: { messageContains: "the wording of the reference" } };

  it("is met by any refusal of the caller, whatever its wording", () => {
    expect(failure(raw, "no such context", { status: 400 })).toBeUndefined();
    expect(failure(raw, "no such context", { status: 422 })).toBeUndefined();
  });

  it("is not met by success, nor by a fault of the server", () => {
    expect(failure(raw, { aqls: [] })).toContain("expected the call to be refused");
    expect(failure(raw, "broken", { status: 500 })).toContain("500");
  });

  it("is not met by a server without the route", () => {
    for (const status of [404, 405, 415]) expect(failure(raw, "no such route", { status })).toContain(String(status));
  });
});
