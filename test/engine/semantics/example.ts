import { readCompositionInput } from "../../../src/engine/composition-input.js";
import { runToFhir } from "../../../src/engine/run/to-fhir.js";
import { runToOpenEhr } from "../../../src/engine/run/to-openehr.js";
import type { Semantics } from "../../../src/engine/semantics.js";
import { assembleBundle } from "../../../src/fhir/bundle/assemble-bundle.js";
import { referenceIndex } from "../../../src/fhir/bundle/index-references.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { writeFlat } from "../../../src/openehr/formats/flat/flat-writer.js";
import { resourcesOf, type WardModel, wardPlan, wardSettings } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

/** What a member of `Semantics` decides, shown on one input. */
export interface Example {
  /** Completes "files read as openFHIR and as v1.0.0 differ where". */
  readonly where: string;
  readonly outcome: (semantics: Semantics) => unknown;
  readonly openfhir: unknown;
  readonly v1: unknown;
}

export const items = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";
export const deviceNode = "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]";
export const problemItems = "$archetype/data[at0001]/items";
export const event = "ward/pulse/any_event:0";

export function pulse(methods: string): readonly [WardModel] {
  return [{ name: "OBSERVATION.pulse.v1", type: "Observation", body: `mappings:\n${methods}` }];
}

export function problem(methods: string, type = "Condition"): readonly [WardModel] {
  return [{ name: "EVALUATION.problem.v1", type, body: `mappings:\n${methods}` }];
}

/** What a resource is mapped to, as FLAT. */
export function toOpenEhr(models: readonly WardModel[], resource: JsonObject) {
  return (semantics: Semantics): Record<string, unknown> => {
    const { plan } = wardPlan(models, semantics);
    const context = { timeZone: wardSettings.timeZone, semantics };
    return writeFlat(runToOpenEhr(plan, resource, referenceIndex(resource), context));
  };
}

/** The resources that a FLAT composition is mapped to. */
export function toFhir(models: readonly WardModel[], flat: JsonValue) {
  return (semantics: Semantics): readonly JsonObject[] => {
    const { plan } = wardPlan(models, semantics);
    const settings = { now: () => "2024-06-01T10:00:00+02:00", territory: "DE" };
    const [composition] = readCompositionInput(flat, wardTemplate, settings);
    if (composition === undefined) throw new Error("one composition was read");
    const resources = runToFhir(plan, composition, { timeZone: wardSettings.timeZone, semantics });
    return resourcesOf(assembleBundle(resources, plan.schema, { literalReferences: semantics.literalReferences }));
  };
}
