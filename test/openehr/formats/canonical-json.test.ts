import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/errors/problem.js";
import { leftOutBecause } from "../../../src/openehr/building/left-out.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";

function problemOf(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("No problem was thrown.");
}

const element = (value: unknown) => ({ _type: "ELEMENT", name: { value: "n" }, archetype_node_id: "at0001", value });

describe("reading canonical JSON", () => {
  it("puts a _type on every object, also where the document leaves it out", () => {
    const link = { meaning: { value: "m" }, type: { value: "t" }, target: { value: "ehr://x" } };
    expect(readCanonicalJson({ ...element(undefined), links: [link] })).toEqual({
      _type: "ELEMENT",
      name: { _type: "DV_TEXT", value: "n" },
      archetype_node_id: "at0001",
      links: [
        {
          _type: "LINK",
          meaning: { _type: "DV_TEXT", value: "m" },
          type: { _type: "DV_TEXT", value: "t" },
          target: { _type: "DV_EHR_URI", value: "ehr://x" },
        },
      ],
    });
  });

  it("does not lose the code of a text whose _type is missing", () => {
    const name = { value: "n", defining_code: { terminology_id: { value: "local" }, code_string: "at1" } };
    expect(readCanonicalJson({ ...element(undefined), name }).name).toMatchObject({
      _type: "DV_CODED_TEXT",
      defining_code: { code_string: "at1" },
    });
  });

  it("takes single objects as lists, bare texts as texts, and leaves out null, empty lists and unknown members", () => {
    const cluster = { _type: "CLUSTER", name: "n", items: element(null), links: [], uid: null, colour: "red" };
    expect(readCanonicalJson(cluster)).toEqual({
      _type: "CLUSTER",
      name: { _type: "DV_TEXT", value: "n" },
      items: [{ _type: "ELEMENT", name: { _type: "DV_TEXT", value: "n" }, archetype_node_id: "at0001" }],
    });
  });

  it("ignores the parameter of a generic type and fills in the flags of an interval", () => {
    const bound = { _type: "DV_COUNT", magnitude: "5.9" };
    expect(readCanonicalJson({ _type: "DV_INTERVAL<DV_COUNT>", lower: bound })).toEqual({
      _type: "DV_INTERVAL",
      lower: { _type: "DV_COUNT", magnitude: 5 },
      lower_included: true,
      upper_included: true,
      lower_unbounded: false,
      upper_unbounded: false,
    });
  });

  it("cuts off the fraction of a whole number, and tells it", () => {
    const told: unknown[] = [];
    const count = { _type: "ELEMENT", value: { _type: "DV_COUNT", magnitude: 5.9 } };
    const read = readCanonicalJson(count, undefined, (...one) => told.push(one));
    expect(read.value).toEqual({ _type: "DV_COUNT", magnitude: 5 });
    expect(told).toEqual([["$.value.magnitude", leftOutBecause.fraction]]);
  });

  it("accepts a date-time without value", () => {
    const context = { _type: "EVENT_CONTEXT", start_time: { _type: "DV_DATE_TIME" } };
    expect(readCanonicalJson(context)).toEqual(context);
  });

  it.each([
    ["an unknown class", element({ _type: "DV_QUANTIY" }), "CANONICAL_TYPE_UNKNOWN", "$.value"],
    ["an abstract class", element({ _type: "DATA_VALUE" }), "CANONICAL_TYPE_UNKNOWN", "$.value"],
    ["a missing class", element({ value: "x" }), "CANONICAL_TYPE_MISSING", "$.value"],
    ["a class out of place", element({ _type: "CLUSTER" }), "CANONICAL_TYPE_UNEXPECTED", "$.value"],
    [
      "a number that is none",
      element({ _type: "DV_QUANTITY", magnitude: "secret" }),
      "CANONICAL_VALUE_INVALID",
      "$.value.magnitude",
    ],
    ["a text that is none", element({ _type: "DV_TEXT", value: 5 }), "CANONICAL_VALUE_INVALID", "$.value.value"],
    ["a wrong date", element({ _type: "DV_DATE", value: "2020-02-30" }), "CANONICAL_VALUE_INVALID", "$.value.value"],
    [
      "a fault within a list",
      { _type: "CLUSTER", items: [element(undefined), element(true)] },
      "CANONICAL_VALUE_INVALID",
      "$.items[1].value",
    ],
  ])("reports %s with its path and without its value", (_what, document, code, path) => {
    const problem = problemOf(() => readCanonicalJson(document));
    expect([problem.code, problem.place.path]).toEqual([code, path]);
    expect(problem.message).not.toMatch(/secret|2020-02-30/);
  });

  it("reports all faults at once", () => {
    const items = [element({ _type: "A" }), element({ _type: "B" })];
    expect(problemOf(() => readCanonicalJson({ _type: "CLUSTER", items })).others).toHaveLength(1);
  });

  it("refuses bottomless nesting", () => {
    let cluster: unknown = element(undefined);
    for (let depth = 0; depth < 5000; depth++) cluster = { _type: "CLUSTER", items: [cluster] };
    expect(problemOf(() => readCanonicalJson(cluster)).code).toBe("CANONICAL_TOO_DEEP");
  });

  it("takes members like __proto__ for unknown ones", () => {
    const text = '{"_type":"DV_TEXT","value":"v","__proto__":{"polluted":true},"constructor":{"x":1}}';
    const read = readCanonicalJson(JSON.parse(text));
    expect(read).toEqual({ _type: "DV_TEXT", value: "v" });
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(problemOf(() => readCanonicalJson({ _type: "__proto__" })).code).toBe("CANONICAL_TYPE_UNKNOWN");
  });

  it("leaves the document as it is, also where it has to be put right", () => {
    const document = { ...element({ _type: "DV_DATE_TIME", value: "20240305T0930" }), links: [], uid: null };
    const before = structuredClone(document);
    expect(readCanonicalJson(document).value).toEqual({ _type: "DV_DATE_TIME", value: "2024-03-05T09:30" });
    expect(document).toEqual(before);
  });

  it("gives attributes in the order of their class, whatever order the document has", () => {
    const text = { value: "text", _type: "DV_TEXT" };
    const read = readCanonicalJson({
      archetype_node_id: "at0001",
      value: text,
      _type: "ELEMENT",
      name: { value: "n" },
    });
    expect(Object.keys(read)).toEqual(["_type", "name", "value", "archetype_node_id"]);
    expect(Object.keys(read.value as object)).toEqual(["_type", "value"]);
  });

  it("keeps what stands before and behind a value that has to be put right", () => {
    const read = readCanonicalJson({
      _type: "ELEMENT",
      name: { _type: "DV_TEXT", value: "n" },
      value: { _type: "DV_DATE_TIME", normal_status: { code_string: "N" }, value: "20240305T0930" },
      archetype_node_id: "at0001",
    });
    expect(read).toEqual({
      _type: "ELEMENT",
      name: { _type: "DV_TEXT", value: "n" },
      value: {
        _type: "DV_DATE_TIME",
        normal_status: { _type: "CODE_PHRASE", code_string: "N" },
        value: "2024-03-05T09:30",
      },
      archetype_node_id: "at0001",
    });
  });

  it("names the place of a fault within lists", () => {
    const items = [element({ _type: "DV_COUNT", magnitude: 1 }), element({ _type: "DV_COUNT", magnitude: "many" })];
    const problem = problemOf(() => readCanonicalJson({ _type: "CLUSTER", archetype_node_id: "at0000", items }));
    expect(problem.place.path).toBe("$.items[1].value.magnitude");
  });

  it("never fails with anything but a Problem", () => {
    const names = fc.constantFrom("_type", "value", "items", "name", "magnitude", "lower", "defining_code", "events");
    const classes = fc.constantFrom("ELEMENT", "CLUSTER", "DV_QUANTITY", "DV_INTERVAL", "HISTORY", "DV_TEXT", "X");
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue({ maxDepth: 1 }),
        classes,
        fc.array(tie("document"), { maxLength: 3 }),
        fc.dictionary(names, tie("document"), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(document, (value) => {
        try {
          writeCanonicalJson(readCanonicalJson(value));
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});

describe("writing canonical JSON", () => {
  it("leaves _type out of ARCHETYPED and its ids, and orders members as the reference does", () => {
    const written = writeCanonicalJson({
      _type: "CLUSTER",
      archetype_node_id: "openEHR-EHR-CLUSTER.x.v1",
      items: [],
      archetype_details: {
        _type: "ARCHETYPED",
        rm_version: "1.0.4",
        archetype_id: { _type: "ARCHETYPE_ID", value: "openEHR-EHR-CLUSTER.x.v1" },
      },
      name: { _type: "DV_TEXT", value: "n" },
    });
    expect(JSON.stringify(written)).toBe(
      '{"_type":"CLUSTER","name":{"_type":"DV_TEXT","value":"n"},"archetype_details":{"archetype_id":' +
        '{"value":"openEHR-EHR-CLUSTER.x.v1"},"rm_version":"1.0.4"},"archetype_node_id":"openEHR-EHR-CLUSTER.x.v1"}',
    );
  });

  it("leaves the tree as it is", () => {
    const interval = Object.freeze({ _type: "DV_INTERVAL" });
    expect(writeCanonicalJson(interval)).toMatchObject({ lower_included: true, upper_unbounded: false });
    expect(interval).toEqual({ _type: "DV_INTERVAL" });
  });
});
