import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { resourcesOf, wardContext, wardModel, wardSettings } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

/** A path that goes on into the units of a quantity, which are a text of the reference model. */
function mapper(fhir: string) {
  const model = wardModel({
    name: "OBSERVATION.pulse.v1",
    type: "Observation",
    body: `mappings:
  - { name: attribute, with: { fhir: "${fhir}", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]/value/units" } }`,
  });
  return compileMapper({ template: wardTemplate, context: wardContext([model]), mappings: [model], semantics: "v1" });
}

describe("a text attribute of the reference model", () => {
  it.each([
    ["$resource.identifier", { identifier: [{ system: "urn:s", value: "7" }] }],
    ["$resource.code.coding", { code: { coding: [{ system: "urn:s", code: "7" }] } }],
    ["$resource.subject.as(Reference)", { subject: { identifier: { system: "urn:s", value: "7" } } }],
    ["$resource.method.text", { method: { text: "urn:s::7" } }],
  ] as [string, JsonObject][])("comes back from %s with its system", (fhir, members) => {
    const resource = { resourceType: "Observation", ...members };
    const one = mapper(fhir);
    const composition = one.toOpenEhr(resource, wardSettings).composition();
    expect(JSON.stringify(composition)).toContain('"units":"urn:s::7"');
    expect(
      resourcesOf(one.toFhir(one.readComposition(composition as unknown as JsonObject, wardSettings), wardSettings)),
    ).toEqual([resource]);
  });
});
