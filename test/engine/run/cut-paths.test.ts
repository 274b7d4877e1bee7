import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { toResource, wardMapper } from "../fixtures/ward-mapper.js";

/** What a path gives that goes on behind an ELEMENT, where the template has nothing. */
function behind(element: string): JsonObject {
  const mapper = wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:
  - { name: lost, with: { fhir: "$resource.code", openehr: "$archetype/data[at0001]/items[${element}]/items[at0099]" } }
  - { name: side, with: { fhir: "$resource.note.text", openehr: "$archetype/data[at0001]/items[at0008, 'Left']" } }`,
  });
  return toResource(mapper, {
    "ward/problem:0/status|code": "at0030",
    "ward/problem:0/onset": "2024-02-01T10:00:00",
    "ward/problem:0/left": "seen",
  });
}

describe("a path that goes on behind an ELEMENT", () => {
  it("gives a value as the text that FLAT has under the name of the ELEMENT", () => {
    expect(behind("at0004").code).toEqual({ text: "2024-02-01T10:00:00" });
  });

  it("gives nothing of a value that FLAT writes with suffixes", () => {
    expect(behind("at0003")).toEqual({ resourceType: "Condition", note: [{ text: "seen" }] });
  });
});
