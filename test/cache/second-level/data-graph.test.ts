import { deepStrictEqual } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDataGraph, writeDataGraph } from "../../../src/cache/second-level/data-graph.js";
import { atOnce } from "../../../src/event-loop/slices.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { readTemplateText } from "../../../src/store/template-text.js";

const read = (text: string) => atOnce(readDataGraph(text));
const write = (root: object) => atOnce(writeDataGraph(root));
const shared = join(import.meta.dirname, "..", "..", "..", "..", "shared");
const haveShared = existsSync(shared);

describe("a data graph", () => {
  it("comes back as it was, whatever plain data it holds", () => {
    const leaf = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
      fc.boolean(),
      fc.constantFrom(null, undefined),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("tree")),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "0")), tie("tree"), {
          noNullPrototype: true,
        }),
        fc.array(fc.tuple(tie("tree"), tie("tree"))).map((pairs) => new Map(pairs)),
      ),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        // Not toStrictEqual, which takes a member called "constructor" for the class.
        deepStrictEqual(read(write([data])), [data]);
      }),
    );
  });

  it("keeps circles, sharing and what is frozen", () => {
    const child: { parent?: object } = {};
    const parent = Object.freeze({ child, again: child });
    child.parent = parent;
    const copy = read(write(parent)) as typeof parent;
    expect(copy.child.parent).toBe(copy);
    expect(copy.again).toBe(copy.child);
    expect([Object.isFrozen(copy), Object.isFrozen(copy.child)]).toEqual([true, false]);
  });

  it("has members called __proto__ as data, and changes no class", () => {
    const copy = read(write(JSON.parse('{"__proto__": {"polluted": true}}') as object));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toEqual(["__proto__"]);
    expect("polluted" in copy).toBe(false);
  });

  it("refuses to write what is not plain data", () => {
    class Place {}
    const holed: unknown[] = [];
    holed[1] = 1;
    const accessor = Object.defineProperty({}, "x", { get: () => 1, enumerable: true });
    for (const value of [
      () => 1,
      1n,
      Symbol("s"),
      Number.NaN,
      -0,
      new Place(),
      new Date(),
      new Set(),
      holed,
      accessor,
    ]) {
      expect(() => write([value]), String(value)).toThrow(TypeError);
    }
  });

  it("is not built from any text that was not written so", () => {
    for (const text of [
      "",
      "{}",
      "[]",
      "[[],[],[]]",
      "[[],[],[0]]",
      "[[],[],[0,1]]",
      "[[],[],[0,1,7]]",
      "[[],[],[0,1,-5]]",
      "[[],[],[2,1,-1]]",
      "[[],[],[4,0]]",
      '[[],[["a"]],[4,2,-1,-1]]',
      '[[],[["a","a"]],[4,2,-1,-1]]',
      "[[{}],[],[0,1,-2]]",
      "[[],[],[0,1000000000]]",
      "[[],[],[0,0.5]]",
    ]) {
      expect(() => read(text), text).toThrow(SyntaxError);
    }
  });

  it("of any JSON is built or refused, and never anything else", () => {
    const almost = fc.tuple(
      fc.array(fc.jsonValue()),
      fc.array(fc.array(fc.string())),
      fc.array(fc.integer({ min: -4, max: 9 })),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          almost.map((parts) => JSON.stringify(parts)),
        ),
        (text) => {
          try {
            expect(typeof read(text)).toBe("object");
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
    );
  });
});

describe.skipIf(!haveShared)("the tree of a real file comes back the same (needs ../shared)", () => {
  const files = haveShared ? filesBelow(join(shared, "conformance")) : [];

  it("for templates", () => {
    const templates = files.filter((file) => file.endsWith(".opt"));
    expect(templates.length).toBeGreaterThan(0);
    for (const file of templates) {
      const template = readTemplateText(readFileSync(file, "utf8"));
      expect(read(write(template)), file).toStrictEqual(template);
    }
  });

  it("for mapping files", () => {
    const mappings = files.filter((file) => /\.ya?ml$/.test(file));
    expect(mappings.length).toBeGreaterThan(0);
    for (const file of mappings) {
      const reading = readMapping(readFileSync(file, "utf8"), { file });
      expect(read(write(reading)), file).toStrictEqual(reading);
    }
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
}
