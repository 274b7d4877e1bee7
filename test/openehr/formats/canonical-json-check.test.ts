import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomSource } from "../../../src/openehr/example/random-source.js";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { isInNormalForm } from "../../../src/openehr/formats/canonical-json-check.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { mutatedJson } from "../fuzzing/mutations.js";
import { randomRmObject } from "./random-rm-object.js";

const text = fc.constantFrom("at0004", "openehr", "x", "", "Größe");
const compositions = randomRmObject("COMPOSITION", text);

/** The document with the classes that canonical JSON may leave out. */
function withClasses(value: unknown, read: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, at) => withClasses(item, (read as unknown[])[at]));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    withClasses(member, (read as Record<string, unknown>)[name]),
  ]);
  return { _type: (read as { _type?: string })._type, ...Object.fromEntries(members) };
}

describe("the normal form of canonical JSON", () => {
  it("is what the writer writes", () => {
    fc.assert(
      fc.property(compositions, (composition) => {
        const links = JSON.stringify(composition).includes('"LINK"');
        fc.pre(!links);
        expect(isInNormalForm(writeCanonicalJson(composition), "COMPOSITION")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("is what the reader takes over as it is, and nothing else", () => {
    let kept = 0;
    fc.assert(
      fc.property(compositions, fc.integer(), (composition, seed) => {
        const document = mutatedJson(writeCanonicalJson(composition), new RandomSource(seed));
        if (!isInNormalForm(document, "COMPOSITION")) return;
        kept++;
        const leftOut: string[] = [];
        const read = readCanonicalJson(document, "COMPOSITION", (path) => leftOut.push(path));
        expect(leftOut).toEqual([]);
        expect(read).toEqual(withClasses(document, read));
      }),
      { numRuns: 400 },
    );
    expect(kept).toBeGreaterThan(10);
  });

  it("does not ask for an order of members", () => {
    const name = { value: "Pulse", _type: "DV_TEXT" };
    expect(isInNormalForm({ value: name, _type: "ELEMENT", name, archetype_node_id: "at0004" }, "ELEMENT")).toBe(true);
  });

  it.each<[string, unknown]>([
    ["an unknown member", { _type: "DV_TEXT", value: "x", valeu: "y" }],
    ["null", { _type: "DV_TEXT", value: null }],
    ["an empty list", { _type: "DV_TEXT", value: "x", mappings: [] }],
    ["a single object in place of a list", { _type: "DV_TEXT", value: "x", mappings: { _type: "TERM_MAPPING" } }],
    ["an object without its class", { _type: "DV_CODED_TEXT", value: "x", defining_code: { code_string: "at1" } }],
    ["a class that does not belong there", { _type: "DV_CODED_TEXT", value: "x", defining_code: { _type: "DV_TEXT" } }],
    ["a number as text", { _type: "DV_QUANTITY", magnitude: "5", units: "mm" }],
    ["a whole number with a fraction", { _type: "DV_COUNT", magnitude: 1.5 }],
    ["a boolean as text", { _type: "DV_BOOLEAN", value: "true" }],
    ["a time in another form", { _type: "DV_DATE_TIME", value: "20200101T1030" }],
    ["an interval without its flags", { _type: "DV_INTERVAL", lower: { _type: "DV_COUNT", magnitude: 1 } }],
  ])("is not kept with %s", (_, document) => {
    expect(isInNormalForm(document, "DATA_VALUE")).toBe(false);
  });
});
