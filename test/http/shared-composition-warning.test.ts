import { describe, expect, it } from "vitest";
import { compileMapper } from "../../src/engine/mapper.js";
import { sharedCompositionWarning } from "../../src/http/shared-composition-warning.js";
import { bundleOf, type WardModel, wardContext, wardModel } from "../engine/fixtures/ward-mapper.js";
import { wardTemplate } from "../engine/fixtures/ward-template.js";

const model: WardModel = {
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - { name: rate, with: { fhir: $resource.value, openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]" } }`,
};

function mapperOf(semantics: "v1" | "openfhir") {
  const mappings = [wardModel(model)];
  return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics });
}

const observation = { resourceType: "Observation" };

describe("the warning that resources share a composition", () => {
  it("names how many of which type, and how to get one for each", () => {
    const warning = sharedCompositionWarning(
      mapperOf("v1"),
      bundleOf(observation, { resourceType: "Patient" }, observation),
    );
    expect(warning).toMatch(/^199 causeway "2 resources of type Observation share .* all=true /);
  });

  it("is not given for one resource, nor where files are read as openFHIR reads them", () => {
    expect(sharedCompositionWarning(mapperOf("v1"), bundleOf(observation))).toBeUndefined();
    expect(sharedCompositionWarning(mapperOf("v1"), observation)).toBeUndefined();
    expect(sharedCompositionWarning(mapperOf("openfhir"), bundleOf(observation, observation))).toBeUndefined();
  });
});
