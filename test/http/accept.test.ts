import { describe, expect, it } from "vitest";
import { chooseMediaType, namesMediaType } from "../../src/http/accept.js";

const offered = ["application/json", "application/x-yaml"] as const;

describe("choosing a media type by the Accept header", () => {
  it.each([
    [undefined, "application/json"],
    ["", "application/json"],
    ["*/*", "application/json"],
    ["application/*", "application/json"],
    ["application/x-yaml", "application/x-yaml"],
    ["Application/X-YAML; charset=utf-8", "application/x-yaml"],
    ["application/json;q=0.2, application/x-yaml;q=0.9", "application/x-yaml"],
    ["application/json;q=0, */*", "application/x-yaml"],
    ["text/html, */*;q=0.1", "application/json"],
    ["text/html", undefined],
    ["application/json;q=0", undefined],
    ["application/json;q=nonsense", undefined],
  ])("%s gives %s", (accept, expected) => {
    expect(chooseMediaType(accept, offered)).toBe(expected);
  });

  it("does not take a wildcard for a wish", () => {
    expect(namesMediaType("*/*", "application/fhir+json")).toBe(false);
    expect(namesMediaType("text/plain, application/fhir+json;q=0.5", "application/fhir+json")).toBe(true);
  });
});
