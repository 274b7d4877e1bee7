import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../../src/errors/problem.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../../src/openehr/formats/flat/flat-writer.js";
import { flatToStructured } from "../../../../src/openehr/formats/structured/flat-to-structured.js";
import { readStructured } from "../../../../src/openehr/formats/structured/structured.js";
import { structuredToFlat } from "../../../../src/openehr/formats/structured/structured-to-flat.js";
import { smallFlatTemplate } from "../flat/small-flat-template.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const timeout = isLong ? 600_000 : 30_000;

function refusedAs(code: string) {
  return expect.objectContaining({ name: "Problem", code });
}

describe("FLAT to STRUCTURED", () => {
  it("nests names, with an array for each and the first root by itself", () => {
    expect(flatToStructured({ "a/b:0/c|code": 1, "a/b:1/c": 2, "ctx/language": "en" })).toEqual({
      a: { b: [{ c: [{ "|code": 1 }] }, { c: [2] }] },
      ctx: [{ language: ["en"] }],
    });
  });

  it("orders by index and closes gaps", () => {
    expect(flatToStructured({ "a/b:7": "last", "a/b": "first", "a/b:3": "second" })).toEqual({
      a: { b: ["first", "second", "last"] },
    });
  });

  it("makes a plain value beside others a |value, after what is below", () => {
    const structured = flatToStructured({ "a/b": 1, "a/b|code": 2, "a/b/_link|type": "x" });
    expect(JSON.stringify(structured)).toBe('{"a":{"b":[{"_link":[{"|type":"x"}],"|value":1,"|code":2}]}}');
  });

  it("loses neither of a plain value and a |value", () => {
    const flat = { "a/b": 1, "a/b|value": 2 };
    expect(structuredToFlat(flatToStructured(flat))).toEqual(flat);
  });

  it.each([
    ["a path twice", { "a/b": 1, "a/b:0": 2 }, "FLAT_PATH_DUPLICATE"],
    ["an index that is none", { "a/b:x": 1 }, "FLAT_PATH_INVALID"],
    ["an empty segment", { "a//b": 1 }, "FLAT_PATH_INVALID"],
    ["a leading slash", { "/a/b": 1 }, "FLAT_PATH_INVALID"],
    ["an object as value", { "a/b": { c: 1 } }, "FLAT_VALUE_INVALID"],
    ["an array as document", [], "FLAT_NOT_AN_OBJECT"],
  ])("refuses %s", (_what, document, code) => {
    expect(() => flatToStructured(document)).toThrow(refusedAs(code));
  });
});

describe("STRUCTURED to FLAT", () => {
  it("writes indexes from the second element on", () => {
    expect(structuredToFlat({ a: { b: [1, { "|code": 2 }, { c: [3] }] } })).toEqual({
      "a/b": 1,
      "a/b:1|code": 2,
      "a/b:2/c": 3,
    });
  });

  it("joins elements that hold nothing but underscore members", () => {
    expect(structuredToFlat({ a: { b: [{ "|code": 1 }, { _uid: ["x"] }] } })).toEqual({
      "a/b|code": 1,
      "a/b/_uid": "x",
    });
  });

  it("keeps them apart where the template says that they repeat", () => {
    const document = { report: { finding: [{ note: [{ _null_flavour: [{ "|code": "271" }] }, "x"] }] } };
    const draft = readStructured(document, smallFlatTemplate());
    expect(writeFlat(draft)).toMatchObject({
      "report/finding/note:0/_null_flavour|code": "271",
      "report/finding/note:1": "x",
    });
  });

  it("does not let one of two values with one path win", () => {
    expect(() => structuredToFlat({ a: { b: [{ _uid: ["x"] }, { _uid: ["y"] }] } })).toThrow(
      refusedAs("FLAT_PATH_DUPLICATE"),
    );
  });

  it("takes values without arrays and members with empty names", () => {
    expect(structuredToFlat({ a: [{ b: "x", c: { "": 1, "|code": 2 } }] })).toEqual({
      "a/b": "x",
      "a/c": 1,
      "a/c|code": 2,
    });
  });

  it("gives names that mean something to JavaScript no meaning", () => {
    const document: unknown = JSON.parse('{"__proto__":{"polluted":[1]},"a":{"constructor":[{"__proto__":[2]}]}}');
    const flat = structuredToFlat(document);
    expect(Object.entries(flat)).toEqual([
      ["__proto__/polluted", 1],
      ["a/constructor/__proto__", 2],
    ]);
    expect(Object.entries(flatToStructured(flat)).map(([name]) => name)).toEqual(["__proto__", "a"]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("refuses what is nested too deep, and names that multiply", () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
    expect(() => structuredToFlat(deep)).toThrow(refusedAs("STRUCTURED_TOO_LARGE"));
    const values = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`b${at}`, 1]));
    expect(() => structuredToFlat({ ["a".repeat(10_000)]: values })).toThrow(refusedAs("STRUCTURED_TOO_LARGE"));
  });

  it.each([[[]], ["text"], [1], [null]])("refuses %j as document", (document) => {
    expect(() => structuredToFlat(document)).toThrow(refusedAs("STRUCTURED_NOT_AN_OBJECT"));
  });

  it("takes |value for every data type", () => {
    const document = {
      report: { finding: [{ moment: [{ "|value": "2020-01-01" }], degree: [{ "|value": "at0012" }] }] },
    };
    expect(writeFlat(readStructured(document, smallFlatTemplate()))).toMatchObject({
      "report/finding/moment:0": "2020-01-01",
      "report/finding/degree:0|code": "at0012",
    });
  });
});

/** A place of a document: occurrences by index, each with attributes and places below. */
interface RandomPlace {
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly below: Readonly<Record<string, readonly (readonly [gap: number, place: RandomPlace])[]>>;
}

const scalar = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
const attributeName = fc.constantFrom("", "code", "value", "terminology", "identifiers_id:0", "__proto__");
const segmentName = fc.constantFrom("a", "b", "größe", "dv_text2", "interval<dv_count>_value", "constructor", "x.y-z");

const { place: randomPlace } = fc.letrec<{ place: RandomPlace }>((tie) => ({
  place: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      attributes: fc.dictionary(attributeName, scalar, { minKeys: 1, noNullPrototype: false }),
      below: fc.constant({}),
    }),
    fc.record({
      attributes: fc.dictionary(attributeName, scalar, { noNullPrototype: false }),
      below: fc.dictionary(segmentName, fc.array(fc.tuple(fc.nat(3), tie("place")), { minLength: 1, maxLength: 3 }), {
        minKeys: 1,
        maxKeys: 3,
      }),
    }),
  ),
}));

/** The keys of a place, with gaps between indexes or in the form that comes back. */
function flatKeys(place: RandomPlace, path: string, withGaps: boolean): (readonly [string, unknown])[] {
  const keys: (readonly [string, unknown])[] = Object.entries(place.attributes).map(([name, value]) => [
    name === "" ? path : `${path}|${name}`,
    value,
  ]);
  for (const [name, occurrences] of Object.entries(place.below)) {
    let index = -1;
    for (const [position, [gap, below]] of occurrences.entries()) {
      index += 1 + gap;
      const written = withGaps ? `:${index}` : position === 0 ? "" : `:${position}`;
      keys.push(...flatKeys(below, `${path}/${name}${written}`, withGaps));
    }
  }
  return keys;
}

/** STRUCTURED has a plain value beside anything else as `|value`. */
function withValueNames(keys: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const paths = new Set(keys.map(([path]) => path));
  /** Everything that stands before a `/` or a `|`: what more than a plain value is given for. */
  const places = new Set<string>();
  for (const path of paths) for (const { index } of path.matchAll(/[/|]/g)) places.add(path.slice(0, index));
  return Object.fromEntries(
    keys.map(([path, value]) => {
      const isPlain = !path.slice(path.lastIndexOf("/") + 1).includes("|");
      return [isPlain && places.has(path) && !paths.has(`${path}|value`) ? `${path}|value` : path, value];
    }),
  );
}

describe("any FLAT document", () => {
  it(
    "comes back from STRUCTURED with its values",
    () => {
      fc.assert(
        fc.property(randomPlace, (place) => {
          const flat = Object.fromEntries(flatKeys(place, "root", true));
          const expected = withValueNames(flatKeys(place, "root", false));
          expect(structuredToFlat(flatToStructured(flat))).toEqual(expected);
        }),
        { numRuns: isLong ? 20_000 : 500 },
      );
    },
    timeout,
  );

  it(
    "for a template comes back with its occurrences, also those without value",
    () => {
      const template = smallFlatTemplate();
      const value = fc.oneof(
        fc.constantFrom(
          ["", "x"],
          ["/_null_flavour|code", "271"],
          ["/_null_flavour|value", "masked"],
          ["|formatting", "b"],
        ),
      );
      fc.assert(
        fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
          const flat = Object.fromEntries(values.map(([key, text], at) => [`report/finding/note:${at}${key}`, text]));
          expect(writeFlat(readStructured(flatToStructured(flat), template))).toEqual(
            writeFlat(readFlat(flat, template)),
          );
        }),
        { numRuns: isLong ? 5000 : 200 },
      );
    },
    timeout,
  );

  it(
    "is never more than refused, whatever its keys are",
    () => {
      const key = fc.array(fc.constantFrom("a", "/", ":", "|", "0", "1", "_", "ctx", "__proto__", "é"), {
        maxLength: 10,
      });
      const document = fc.dictionary(
        key.map((parts) => parts.join("")),
        fc.jsonValue(),
      );
      fc.assert(
        fc.property(document, (flat) => {
          for (const convert of [flatToStructured, structuredToFlat]) {
            try {
              convert(flat);
            } catch (error) {
              expect(error).toBeInstanceOf(Problem);
            }
          }
        }),
        { numRuns: isLong ? 20_000 : 500 },
      );
    },
    timeout,
  );
});
