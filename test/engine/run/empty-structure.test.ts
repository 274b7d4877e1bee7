import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/fhir/json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { toResource, wardMapper, wardSettings } from "../fixtures/ward-mapper.js";

const reading = "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0006]";

/** Each reading opens a component with a constant; a condition looks at the notes in them. */
const mapper = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - name: reading
    with: { fhir: "$resource.component", openehr: "${reading}" }
    followedBy:
      mappings:
        - { name: depth, with: { fhir: "value.ofType(Quantity)", openehr: "items[at0008]" } }
        - { name: kind, unidirectional: "openehr->fhir", with: { fhir: "code.text", value: depth } }
  - name: remark
    with: { fhir: "$resource.note.text", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0005]" }
    openehrCondition: { targetRoot: "${reading}/items[at0007]", operator: "one of", criteria: calm }`,
});

/** The composition in canonical form, with every ELEMENT of one node id changed. */
function composition(flat: JsonObject, nodeId: string, change: (element: JsonObject) => void): JsonValue {
  const [whole] = mapper.readComposition(flat, wardSettings);
  if (whole === undefined) throw new Error("no composition");
  const canonical = writeCanonicalJson(whole) as JsonObject;
  const visit = (value: JsonValue | undefined): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isJsonObject(value)) {
      if (value.archetype_node_id === nodeId) change(value);
      for (const member of Object.values(value)) visit(member);
    }
  };
  visit(canonical);
  return canonical;
}

const withoutValue = (element: JsonObject): void => {
  delete element.value;
};

const depth = {
  "ward/pulse/any_event:0/reading:0/depth|magnitude": 3,
  "ward/pulse/any_event:0/reading:0/depth|unit": "mm",
  "ward/pulse/any_event:0/remark:0": "seen",
};

describe("structure that holds nothing", () => {
  it("opens no element: not even its constants are written", () => {
    expect(toResource(mapper, depth).component).toHaveLength(1);
    expect(toResource(mapper, composition(depth, "at0008", withoutValue))).not.toHaveProperty("component");
    const emptied = composition(depth, "at0006", (cluster) => {
      cluster.items = [];
    });
    expect(toResource(mapper, emptied)).not.toHaveProperty("component");
  });

  it("is something with a null flavour in it", () => {
    const unknown = composition(depth, "at0008", (element) => {
      withoutValue(element);
      element.null_flavour = {
        _type: "DV_CODED_TEXT",
        value: "unknown",
        defining_code: { terminology_id: { _type: "TERMINOLOGY_ID", value: "openehr" }, code_string: "253" },
      };
    });
    expect(toResource(mapper, unknown).component).toEqual([{ code: { text: "depth" } }]);
  });

  it("is no occurrence that a condition could look at", () => {
    const noted = { ...depth, "ward/pulse/any_event:0/reading:0/note:0": "restless" };
    expect(toResource(mapper, noted)).not.toHaveProperty("note");
    expect(toResource(mapper, composition(noted, "at0007", withoutValue)).note).toEqual([{ text: "seen" }]);
  });
});

describe("a path at which nothing can stand", () => {
  const leading = (openehr: string): JsonObject =>
    toResource(
      wardMapper({
        name: "OBSERVATION.pulse.v1",
        type: "Observation",
        body: `mappings:
  - name: lost
    with: { fhir: "$resource.component", openehr: "${openehr}" }
    followedBy:
      mappings:
        - { name: kind, unidirectional: "openehr->fhir", with: { fhir: "code.text", value: depth } }
        - { name: remark, with: { fhir: "value.ofType(String)", openehr: "${remark}" } }
  - { name: remark, with: { fhir: "$resource.note.text", openehr: "${remark}" } }`,
      }),
      depth,
    );
  const remark = "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0005]";

  it("opens no element for the methods below it", () => {
    expect(leading("$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0008]")).toEqual({
      resourceType: "Observation",
      note: [{ text: "seen" }],
    });
  });
});

describe("a subject that is nobody in particular", () => {
  const about = wardMapper({
    name: "OBSERVATION.pulse.v1",
    type: "Observation",
    body: `mappings:
  - name: remark
    with: { fhir: "$resource.note.text", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0005]" }
  - name: about
    with: { fhir: "$resource.performer", openehr: "$archetype/subject" }
    followedBy:
      mappings:
        - { name: who, unidirectional: "openehr->fhir", with: { fhir: "display", value: somebody } }`,
  });

  /** The composition with another subject of its entry. */
  function withSubject(subject: JsonObject): JsonValue {
    const [whole] = about.readComposition({ "ward/pulse/any_event:0/remark:0": "seen" }, wardSettings);
    if (whole === undefined) throw new Error("no composition");
    const canonical = structuredClone(writeCanonicalJson(whole)) as JsonObject;
    const [entry] = canonical.content as JsonObject[];
    if (entry === undefined) throw new Error("no entry");
    entry.subject = subject;
    return canonical;
  }

  it("is as good as absent, and somebody who is referred to is not", () => {
    expect(toResource(about, withSubject({ _type: "PARTY_SELF" }))).not.toHaveProperty("performer");
    const id = { _type: "GENERIC_ID", value: "1", scheme: "s" };
    const reference = { _type: "PARTY_REF", namespace: "n", type: "PERSON", id };
    expect(toResource(about, withSubject({ _type: "PARTY_SELF", external_ref: reference }))).toHaveProperty(
      "performer",
    );
  });
});
