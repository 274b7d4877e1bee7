import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstDifference, withoutPaths } from "./strict-json.js";

describe("strict JSON comparison", () => {
  it("finds no difference between a document and its copy, whatever it holds", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(firstDifference(JSON.parse(text), JSON.parse(text))).toBeUndefined();
      }),
    );
  });

  it("finds a difference exactly when two documents are not deeply equal", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        // Through text, because JSON has no negative zero.
        const documents = [one, other].map((value): unknown => JSON.parse(JSON.stringify({ a: [value] })));
        const found = firstDifference(documents[0], documents[1]) !== undefined;
        expect(found).toBe(!isDeepStrictEqual(documents[0], documents[1]));
      }),
    );
  });

  it("ignores the order of keys", () => {
    expect(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeUndefined();
  });

  it("names the path of a different text", () => {
    expect(firstDifference({ a: [{ "b/c": "x" }] }, { a: [{ "b/c": "y" }] })).toEqual({
      path: "/a/0/b~1c",
      message: 'expected "x", got "y"',
    });
  });

  it("names a missing key", () => {
    expect(firstDifference({ a: { b: 1 } }, { a: {} })?.path).toBe("/a/b");
  });

  it("names a key that is not expected", () => {
    expect(firstDifference({ a: {} }, { a: { b: null } })?.path).toBe("/a/b");
  });

  it("treats null and a missing key as different", () => {
    expect(firstDifference({ a: null }, {})?.path).toBe("/a");
  });

  it("says how many members a list lacks and where it first differs", () => {
    const difference = firstDifference({ a: ["x", "y", "z"] }, { a: ["x", "z"] });
    expect(difference?.path).toBe("/a");
    expect(difference?.message).toContain("expected 3 members, got 2; first at /a/1");
  });

  it("minds the order of list members", () => {
    expect(firstDifference([1, 2], [2, 1])?.path).toBe("/0");
  });

  it("compares numbers by value", () => {
    expect(firstDifference(JSON.parse("[1500, 0]"), JSON.parse("[1.5e3, -0.0]"))).toBeUndefined();
  });

  it("never takes a number for text", () => {
    expect(firstDifference({ a: 1 }, { a: "1" })).toBeDefined();
  });

  it("tells an object from a list and from null", () => {
    expect(firstDifference({}, [])).toBeDefined();
    expect(firstDifference([], {})).toBeDefined();
    expect(firstDifference({}, null)).toBeDefined();
  });

  it("compares a member called __proto__ like any other", () => {
    expect(firstDifference(JSON.parse('{"__proto__": {"a": 1}}'), JSON.parse("{}"))).toBeDefined();
  });
});

describe("ignored paths", () => {
  it("removes the path from a copy and leaves the document alone", () => {
    const document = { context: { start_time: { _type: "DV_DATE_TIME", value: "2024" } } };
    expect(withoutPaths(document, ["/context/start_time/value"])).toEqual({
      context: { start_time: { _type: "DV_DATE_TIME" } },
    });
    expect(document.context.start_time.value).toBe("2024");
  });

  it("takes * for every index of a list", () => {
    expect(withoutPaths({ a: [{ b: 1, c: 1 }, { b: 2 }, {}] }, ["/a/*/b"])).toEqual({ a: [{ c: 1 }, {}, {}] });
  });

  it("does not take * for the keys of an object", () => {
    expect(withoutPaths({ a: { x: { b: 1 } } }, ["/a/*/b"])).toEqual({ a: { x: { b: 1 } } });
  });

  it("removes members of a list", () => {
    expect(withoutPaths({ a: [1, 2, 3] }, ["/a/*"])).toEqual({ a: [] });
    expect(withoutPaths({ a: [1, 2, 3] }, ["/a/1"])).toEqual({ a: [1, 3] });
  });

  it("skips a path that the document does not have", () => {
    expect(withoutPaths({ a: "text" }, ["/a/b/c", "/x", "/constructor/prototype"])).toEqual({ a: "text" });
  });

  it("removes the time of actions and of nothing else for /content/*/time", () => {
    const document = {
      content: [
        { _type: "ACTION", time: 1 },
        { _type: "OBSERVATION", time: 1 },
      ],
    };
    expect(withoutPaths(document, ["/content/*/time"])).toEqual({
      content: [{ _type: "ACTION" }, { _type: "OBSERVATION", time: 1 }],
    });
  });
});
