import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { modelText } from "../mapping-text.js";

const codesOf = (text: string): readonly string[] => readMapping(text).diagnostics.map(({ code }) => code);

/** Each level names the one before it nine times: 9^levels nodes when written out. */
function aliasBomb(levels: number): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level <= levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  }
  return lines.join("\n");
}

describe("hostile text", () => {
  it.each([
    ["a bomb of aliases", aliasBomb(12), "MAPPING_TOO_LARGE"],
    [
      "aliases that nest deeper and deeper",
      Array.from({ length: 300 }, (_, n) => `a${n}: &a${n} [${n === 0 ? "x" : `*a${n - 1}`}]`).join("\n"),
      "MAPPING_TOO_DEEP",
    ],
    ["open brackets", "[".repeat(1_000_000), "MAPPING_TOO_DEEP"],
    ["dashes", "- ".repeat(500_000), "MAPPING_TOO_DEEP"],
    ["a staircase", Array.from({ length: 1500 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"), "MAPPING_TOO_DEEP"],
    ["closing brackets", "]".repeat(1_000_000), "MAPPING_NOT_YAML"],
    ["a flood of documents", "---\n".repeat(400_000), "MAPPING_SEVERAL_DOCUMENTS"],
    ["a flood of anchors", "&a ".repeat(600_000), "MAPPING_TOO_LARGE"],
    ["more text than a mapping needs", "#".repeat(2_000_001), "MAPPING_TOO_LARGE"],
  ])("is refused: %s", (_, text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });

  it("with thousands of wrong keys is answered with a bounded number of findings", () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `x${index}: 1`).join("\n");
    const { diagnostics } = readMapping(modelText(keys));
    expect(diagnostics.length).toBeLessThan(300);
    expect(diagnostics.map(({ code }) => code)).toContain("MAPPING_FURTHER_FINDINGS");
  });

  it("may use aliases as long as they stay small", () => {
    const { mapping } = readMapping(
      modelText(`mappings:
  - { name: a, with: &pair { fhir: $resource.a, openehr: $archetype/b } }
  - { name: b, with: *pair }`),
    );
    expect(mapping?.type === "model" && mapping.mappings[1]?.with?.openehr?.value).toBe("$archetype/b");
  });
});

const sample = modelText(`preprocessor:
  fhirConditions:
    - { targetRoot: "$resource", targetAttribute: "code.coding.code", operator: "one of", criteria: "8867-4" }
mappings:
  - name: "value" # comment
    with:
      fhir: "$resource.value"
      openehr: "$archetype/data[at0002]"
    manual:
      - name: m
        fhir: [{ path: "code", value: 012 }]
    followedBy:
      mappings:
        - { name: child, with: { fhir: $fhirRoot }, slotArchetype: CLUSTER.x.v1 }
`);

const fragments = [
  "[",
  "]",
  "{",
  "}",
  ": ",
  "- ",
  "\n",
  "  ",
  "\t",
  "&a ",
  "*a",
  "!!str ",
  '"',
  "'",
  "#",
  "|\n",
  ">",
  "?",
  "---\n",
  "%YAML 1.1\n",
  "<<: ",
  "null",
  "\0",
  "\uFEFF",
  "__proto__: ",
  "\r",
];

describe("any text", () => {
  it("is read without throwing, and gives a mapping or an error", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.double({ min: 0, max: 1, noNaN: true }),
            remove: fc.nat(30),
            insert: fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: "binary", maxLength: 5 })),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (edits) => {
          let text = sample;
          for (const { at, remove, insert } of edits) {
            const index = Math.floor(at * text.length);
            text = text.slice(0, index) + insert + text.slice(index + remove);
          }
          const { mapping, diagnostics } = readMapping(text);
          expect(mapping === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
          for (const { position } of diagnostics) {
            expect(position?.line).toBeGreaterThanOrEqual(1);
            expect(position?.column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("of YAML's own characters is read without throwing", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments, "a", "b"), { maxLength: 60 }), (parts) => {
        readMapping(parts.join(""));
      }),
      { numRuns: 1000 },
    );
  });
});
