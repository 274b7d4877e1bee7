import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generatedFile, generateFhirSchema } from "../../../scripts/generate-fhir-schema.js";
import { fhirVersions } from "../../../src/fhir/schema/fhir-schema.js";

describe("generated element tables", () => {
  it.each(fhirVersions)("are what the generator writes for %s today (npm run generate:fhir-schema)", (version) => {
    expect(readFileSync(generatedFile(version), "utf8") === generateFhirSchema(version)).toBe(true);
  });
});
