import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/errors/problem.js";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { mappingDocument } from "../../../src/fhirconnect/syntax/write-mapping.js";
import { modelText } from "../mapping-text.js";
import { libraryFolder, mappingsArePublished, readFolder } from "../published-mappings.js";

describe("the document of a stored mapping", () => {
  it("carries conditions in plural form only", () => {
    const document = mappingDocument(
      modelText(
        "mappings:\n  - { name: a, fhirCondition: { targetRoot: $resource, targetAttribute: status, operator: one of, criteria: final } }",
      ),
    );
    expect(document.mappings).toEqual([
      {
        name: "a",
        fhirCondition: {
          targetRoot: "$resource",
          targetAttributes: ["status"],
          operator: "one of",
          criterias: ["final"],
        },
      },
    ]);
  });

  it("lets the singular key win where both stand", () => {
    expect(JSON.stringify(mappingDocument("c: { targetRoot: x, criteria: a, criterias: [b] }"))).toBe(
      '{"c":{"targetRoot":"x","criterias":["a"]}}',
    );
  });

  it("leaves out keys with nothing behind them and keeps the text of numbers", () => {
    expect(JSON.stringify(mappingDocument("a:\nb: 012\nc: { identifying: true, value: true }"))).toBe(
      '{"b":"012","c":{"identifying":true,"value":"true"}}',
    );
  });

  it("keeps a key named __proto__ as a mere key", () => {
    const document = mappingDocument("__proto__: { polluted: yes }");
    expect(JSON.stringify(document)).toBe('{"__proto__":{"polluted":"yes"}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("cannot be made of text that is not YAML", () => {
    expect(() => mappingDocument("a: [")).toThrow(Problem);
    expect(() => mappingDocument("- a")).toThrow(Problem);
  });
});

describe.skipIf(!mappingsArePublished)("documents of published files (skipped without ../shared)", () => {
  it("can be sent back as JSON and mean the same", () => {
    const unchanged = readFolder(libraryFolder)
      .filter(({ mapping }) => mapping !== undefined)
      .filter(({ text, mapping }) => {
        const again = readMapping(JSON.stringify(mappingDocument(text))).mapping;
        return withoutPositions(again) === withoutPositions(mapping);
      });
    expect(unchanged).toHaveLength(97);
  });
});

function withoutPositions(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => (key === "position" ? undefined : member));
}
