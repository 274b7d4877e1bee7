import { describe, expect, it } from "vitest";
import { toFlat, toResource, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const rate = `  - name: rate
    with:
      fhir: $resource.value
      openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]"
  - name: remark
    with:
      fhir: $resource.note.text
      openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0005]"
`;

function mapperWith(method: string) {
  return wardMapper({ name: "OBSERVATION.pulse.v1", type: "Observation", body: `mappings:\n${method}${rate}` });
}

const flat = {
  "ward/pulse/any_event:0/rate|magnitude": 72,
  "ward/pulse/any_event:0/rate|unit": "/min",
  "ward/pulse/any_event:0/remark:0": "<b>5 & 6</b>",
};
const observation = {
  resourceType: "Observation",
  status: "final",
  valueQuantity: { value: 72, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
};

describe("generateNarrative", () => {
  const divOf = (method: string, payload: Record<string, string | number> = flat) => {
    const { text } = toResource(mapperWith(method), payload) as { text?: { status: string; div: string } };
    return text;
  };
  const method = (code: string) =>
    `  - { name: narrative, with: { fhir: $resource.text, openehr: $archetype }, mappingCode: "${code}" }\n`;

  it("tells what later methods wrote into the resource, with markup made harmless", () => {
    const text = divOf(method("generateNarrative($resource)"));
    expect(text?.status).toBe("generated");
    expect(text?.div).toMatch(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">.*72 \/min.*<\/div>$/);
    expect(text?.div).toContain("&lt;b&gt;5 &amp; 6&lt;/b&gt;");
    expect(text?.div).not.toContain("<b>");
  });

  it("tells only what is at its path", () => {
    const text = divOf(method("generateNarrative($resource.note, http://example.org/profile)"));
    expect(text?.div).toContain("5 &amp; 6");
    expect(text?.div).not.toContain("72");
  });

  it("writes nothing when nothing is at its path", () => {
    expect(divOf(method("generateNarrative($resource.component)"))).toBeUndefined();
  });

  it("reads nothing from a narrative", () => {
    const mapper = mapperWith(method("generateNarrative"));
    const withText = { ...observation, text: { status: "generated", div: "<div>Other words</div>" } };
    expect(toFlat(mapper, withText)).toEqual(toFlat(mapper, observation));
  });
});

describe("feederAudit", () => {
  const method = (code: string, fhir = "$resource", openehr = "$archetype") =>
    `  - { name: audit, with: { fhir: "${fhir}", openehr: "${openehr}" }, mappingCode: "${code}" }\n`;

  function auditOf(text: string) {
    const composition = mapperWith(text).toOpenEhr(observation, wardSettings).composition();
    const [pulse] = composition.content as unknown as { feeder_audit?: Record<string, unknown> }[];
    return pulse?.feeder_audit;
  }

  it("keeps the resource as it came, for the system that is named", () => {
    const audit = auditOf(method("feederAudit(ward monitor)")) as {
      originating_system_audit: { system_id: string };
      original_content: { value: string; formalism: string };
    };
    expect(audit.originating_system_audit.system_id).toBe("ward monitor");
    expect(audit.original_content.formalism).toBe("application/fhir+json");
    expect(JSON.parse(audit.original_content.value)).toEqual(observation);
  });

  it("keeps one element of it, also from a path to feeder_audit itself", () => {
    const audit = auditOf(method("feederAudit", "$resource.value", "$archetype/feeder_audit")) as {
      original_content: { value: string };
    };
    expect(JSON.parse(audit.original_content.value)).toEqual(observation.valueQuantity);
  });

  it("shows in FLAT", () => {
    const keys = Object.entries(toFlat(mapperWith(method("feederAudit(ward)")), observation));
    expect(keys).toContainEqual(["ward/pulse/_feeder_audit/originating_system_audit|system_id", "ward"]);
  });

  it("gives nothing to FHIR", () => {
    const mapper = mapperWith(method("feederAudit"));
    expect(toResource(mapper, flat)).toEqual(toResource(mapperWith(""), flat));
  });
});
