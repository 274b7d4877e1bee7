import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AqlSegment, formatAqlPath, parseAqlPath } from "../../../src/openehr/rm/aql-path.js";

describe("parseAqlPath", () => {
  it("reads at-codes, archetype ids and names in the full form", () => {
    expect(
      parseAqlPath("/content[openEHR-EHR-SECTION.adhoc.v1 and name/value='Symptome']/items[at0.14]/value"),
    ).toEqual([
      { attribute: "content", nodeId: "openEHR-EHR-SECTION.adhoc.v1", name: "Symptome" },
      { attribute: "items", nodeId: "at0.14" },
      { attribute: "value" },
    ]);
  });

  it("reads the short form of name predicates", () => {
    expect(parseAqlPath("/items[openEHR-EHR-CLUSTER.x.v1, 'A and B']")).toEqual([
      { attribute: "items", nodeId: "openEHR-EHR-CLUSTER.x.v1", name: "A and B" },
    ]);
  });

  it("reads a name without node id", () => {
    expect(parseAqlPath("items[name/value='x']")).toEqual([{ attribute: "items", name: "x" }]);
  });

  it("takes brackets, slashes and unescaped quotes inside a name as part of it", () => {
    expect(parseAqlPath("/items[at0001 and name/value='Contact [sus/conf] d'un cas']/value")).toEqual([
      { attribute: "items", nodeId: "at0001", name: "Contact [sus/conf] d'un cas" },
      { attribute: "value" },
    ]);
  });

  it("gives the empty path for the root", () => {
    expect(parseAqlPath("")).toEqual([]);
    expect(parseAqlPath("/")).toEqual([]);
  });

  it.each([
    "a//b",
    "a/",
    "//a",
    "a[]",
    "a[at0001",
    "a[at0001]b",
    "a[at0001 and at0002]",
    "a[at0001 or at0002]",
    "a[at0001 and name/value='x' or name/value='y']",
    "a[at0001 and name/value='x]",
    "a[at0001 and uid/value='x']",
    "a b",
    "[at0001]",
  ])("refuses %s", (text) => {
    expect(() => parseAqlPath(text)).toThrow(expect.objectContaining({ code: "AQL_PATH_INVALID" }));
  });
});

describe("formatAqlPath", () => {
  it("writes the full form", () => {
    const text = "/content[openEHR-EHR-SECTION.adhoc.v1 and name/value='L'anc']/items[at0001]/value";
    expect(formatAqlPath(parseAqlPath(text))).toBe(text);
  });

  it("writes every path so that it reads back the same, whatever its names contain", () => {
    const character = fc.oneof(fc.constantFrom("'", '"', "\\", "]", "[", "/", " ", ",", " and ", " or "), fc.string());
    const name = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(""));
    const segment: fc.Arbitrary<AqlSegment> = fc.record(
      {
        attribute: fc.constantFrom("items", "content", "value"),
        nodeId: fc.constantFrom("at0001", "at0.0.1", "openEHR-EHR-CLUSTER.a_b-c.v1"),
        name,
      },
      { requiredKeys: ["attribute"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), (path) => {
        expect(parseAqlPath(formatAqlPath(path))).toEqual(path);
      }),
    );
  });
});
