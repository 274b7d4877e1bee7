import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { toFlat, wardContext, wardModel } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

/** The fenced blocks of a section of the guide. */
function blocksOf(section: string): readonly string[] {
  const text = readFileSync(new URL("../../../docs/guide/semantics.md", import.meta.url), "utf8");
  const from = text.indexOf(`## ${section}\n`);
  const found = text.slice(from, text.indexOf("\n## ", from + 1)).matchAll(/```(?:yaml|json)\n([\s\S]*?)```/g);
  return [...found].map(([, block]) => block as string);
}

describe("the guide's example of a hierarchy", () => {
  it("gives the composition that the guide shows", () => {
    const [body = "", resource = "", flat = ""] = blocksOf("Hierarchies");
    const mappings = [wardModel({ name: "OBSERVATION.pulse.v1", type: "Observation", body })];
    const context = wardContext(mappings);
    const mapper = compileMapper({ template: wardTemplate, context, mappings, semantics: "v1" });
    // The template lets a reading have several notes; a component of the guide has one.
    expect(mapper.diagnostics.map(({ code }) => code)).toEqual(["MAPPING_OCCURRENCES_OVERWRITTEN"]);
    expect(toFlat(mapper, JSON.parse(resource) as JsonObject)).toEqual(JSON.parse(flat));
  });
});
