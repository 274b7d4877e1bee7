import { expect } from "vitest";
import type { Semantics } from "../../../src/engine/semantics.js";
import type { WardModel } from "../fixtures/ward-mapper.js";
import { deviceNode, type Example, event, items, problem, problemItems, pulse, toFhir } from "./example.js";

const method = `  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }`;
const remark = `${event}/remark:0`;
const cuff = { resourceType: "Observation", method: { text: "cuff" } };

/** A method that adds a note and puts a text in it from elsewhere. */
const member = (name: string, path: string) => `  - name: ${name}
    with: { fhir: "$resource.note", openehr: "$archetype", type: NONE }
    followedBy: { mappings: [{ name: words, with: { fhir: "text", openehr: "${path}" } }] }`;

const selfCalling: readonly WardModel[] = [
  ...pulse(`${method}
  - { name: device, with: { fhir: "$resource.device", openehr: "${deviceNode}" }, slotArchetype: CLUSTER.device.v1 }`),
  {
    name: "CLUSTER.device.v1",
    type: "Device",
    body: `mappings:
  - { name: name, with: { fhir: "$resource.deviceName.name", openehr: "$archetype/items[at0001]" } }
  - { name: part name, with: { fhir: "$resource.distinctIdentifier", openehr: "$archetype/items[at0003]" } }
  - { name: part, with: { fhir: "$resource.parent", openehr: "$archetype/items[at0002]" }, slotArchetype: CLUSTER.device.v1 }`,
  },
];

/** Members that show on the way to FHIR. */
export const toFhirExamples = {
  listMember: {
    where: "a value without repetition of its own goes below a member of a list",
    outcome: toFhir(
      pulse([member("of device", `${deviceNode}/items[at0001]`), member("of remark", `${items}[at0005]`)].join("\n")),
      { "ward/pulse/device:0/device_name": "D", [remark]: "r" },
    ),
    openfhir: [{ resourceType: "Observation", note: [{ text: "r" }] }],
    v1: [{ resourceType: "Observation", note: [{ text: "D" }, { text: "r" }] }],
  },
  programmedResults: {
    where: "a programmed mapping gives a Ratio",
    outcome: toFhir(
      pulse(`${method}
  - { name: ratio, with: { fhir: "$resource.value", openehr: "${items}[at0004]" }, mappingCode: ratio_to_dv_quantity }`),
      { [remark]: "cuff", [`${event}/rate|magnitude`]: 5, [`${event}/rate|unit`]: "mL/h" },
    ),
    openfhir: [cuff],
    v1: [
      expect.objectContaining({
        valueRatio: expect.objectContaining({ numerator: expect.objectContaining({ value: 5, unit: "mL" }) }),
      }),
    ],
  },
  ownSlot: {
    where: "a slot names the model it stands in",
    outcome: (semantics: Semantics) =>
      toFhir(selfCalling, {
        [remark]: "cuff",
        "ward/pulse/device:0/device_name": "D",
        "ward/pulse/device:0/part:0/part_name": "P",
      })(semantics)[0]?.contained,
    openfhir: [expect.objectContaining({ id: "1", deviceName: [{ name: "D" }] })],
    v1: [
      expect.objectContaining({ id: "1", deviceName: [{ name: "D" }], parent: { reference: "#2" } }),
      expect.objectContaining({ id: "2", distinctIdentifier: "P" }),
    ],
  },
  rmAttributes: {
    where: "a path goes on into attributes that the template has no nodes for",
    outcome: toFhir(
      pulse(`${method}
  - { name: unit, with: { fhir: "$resource.code.text", openehr: "${items}[at0004]/value/units" } }`),
      { [remark]: "cuff", [`${event}/rate|magnitude`]: 5, [`${event}/rate|unit`]: "mL/h" },
    ),
    openfhir: [cuff],
    v1: [{ ...cuff, code: { text: "mL/h" } }],
  },
  literalReferences: {
    where: "a literal reference leads to no resource of the result",
    outcome: toFhir(
      problem(`  - { name: subject, with: { fhir: "$resource.subject.reference", openehr: "${problemItems}[at0008 and name/value='Left']" } }
  - { name: code, with: { fhir: "$resource.code.text", openehr: "${problemItems}[at0008 and name/value='Right']" } }`),
      { "ward/problem:0/left": "Patient/1", "ward/problem:0/right": "a" },
    ),
    openfhir: [{ resourceType: "Condition", code: { text: "a" } }],
    v1: [{ resourceType: "Condition", code: { text: "a" }, subject: { reference: "Patient/1" } }],
  },
  hierarchies: {
    where: "a hierarchy tells groups apart by a value that occurrences share",
    outcome: toFhir(
      [
        {
          name: "OBSERVATION.pulse.v1",
          type: "Observation",
          body: `preprocessor:
  hierarchy:
    with: { fhir: "$resource", openehr: "$archetype/data[at0001]/events[at0002]" }
    split: { fhir: { create: resource, unique: ["data[at0003]/items[at0005]"] } }
mappings:
${method}`,
        },
      ],
      { [remark]: "cuff", "ward/pulse/any_event:1/remark:0": "cuff" },
    ),
    openfhir: [cuff, cuff],
    v1: [cuff],
  },
  quantityType: {
    where: "a count has the static type `QUANTITY`",
    outcome: toFhir(
      problem(`  - { name: code, with: { fhir: "$resource.code.text", openehr: "${problemItems}[at0008 and name/value='Left']" } }
  - { name: age, with: { fhir: "$resource.onset.as(Age)", openehr: "${problemItems}[at0006]", type: QUANTITY } }`),
      { "ward/problem:0/left": "a", "ward/problem:0/episodes": 3 },
    ),
    openfhir: [{ resourceType: "Condition", code: { text: "a" } }],
    v1: [{ resourceType: "Condition", code: { text: "a" }, onsetAge: { value: 3 } }],
  },
  constantsInReference: {
    where: "constants stand directly in a reference",
    outcome: (semantics: Semantics) =>
      toFhir(
        pulse(`${method}
  - name: focus
    with: { fhir: "$resource.focus", openehr: "${items}[at0006]" }
    reference:
      resourceType: Condition
      mappings:
        - { name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }
        - { name: kind, with: { fhir: "$fhirRoot", openehr: "$openehrRoot" }, manual: [{ name: m, fhir: [{ path: "severity.text", value: mild }] }] }`),
        { [`${event}/reading:0/note:0`]: "a" },
      )(semantics)[0]?.contained,
    openfhir: [{ resourceType: "Condition", id: "1", code: { text: "a" } }],
    v1: [expect.objectContaining({ code: { text: "a" }, severity: { text: "mild" } })],
  },
} satisfies Partial<Record<keyof Semantics, Example>>;
