import { expect } from "vitest";
import type { Semantics } from "../../../src/engine/semantics.js";
import { bundleOf } from "../fixtures/ward-mapper.js";
import { type Example, event, items, problem, problemItems, pulse, toOpenEhr } from "./example.js";

const method = `  - { name: method, with: { fhir: "$resource.method.text", openehr: "${items}[at0005]" } }`;
const remark = `${event}/remark:0`;
const note = `${event}/reading:0/note:0`;
const absentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/** The notes of an Observation that pass a condition, beside a text that is always mapped. */
function notes(condition: string) {
  return pulse(`${method}
  - name: note
    with: { fhir: "$resource.note.text", openehr: "${items}[at0006]/items[at0007]" }
    fhirCondition: ${condition}`);
}
const noted = { resourceType: "Observation", method: { text: "c" } };
const left = `${problemItems}[at0008 and name/value='Left']`;
const code = `  - { name: code, with: { fhir: "$resource.code.text", openehr: "${left}" } }`;

/** Members that show on the way to openEHR. */
export const toOpenEhrExamples = {
  criteria: {
    where: "a criterion only occurs in a value",
    outcome: toOpenEhr(
      notes(`{ targetRoot: "$resource.note", targetAttribute: author, operator: one of, criteria: nurse }`),
      { ...noted, note: [{ authorString: "head nurse", text: "calm" }] },
    ),
    openfhir: { [remark]: "c", [note]: "calm" },
    v1: { [remark]: "c" },
  },
  bracketedCriteria: {
    where: "several criteria stand in one bracketed text",
    outcome: toOpenEhr(
      notes(`{ targetRoot: "$resource.note", targetAttribute: author, operator: one of, criteria: "[doctor, nurse]" }`),
      { ...noted, note: [{ authorString: "nurse", text: "calm" }] },
    ),
    openfhir: { [remark]: "c" },
    v1: { [remark]: "c", [note]: "calm" },
  },
  unrelatedRoot: {
    where: "a condition looks at another element than the method maps",
    outcome: toOpenEhr(
      notes(`{ targetRoot: "$resource.code", targetAttribute: text, operator: one of, criteria: pulse }`),
      { ...noted, code: { text: "pulse" }, note: [{ text: "calm" }] },
    ),
    openfhir: { [remark]: "c" },
    v1: { [remark]: "c", [note]: "calm" },
  },
  resourcesAsTargets: {
    where: "a method with `reference` reads a contained resource itself",
    outcome: toOpenEhr(
      pulse(`${method}
  - name: contained
    with: { fhir: "$resource.contained", openehr: "${items}[at0006]" }
    reference:
      resourceType: Condition
      mappings: [{ name: note, with: { fhir: "code.text", openehr: "items[at0007]" } }]`),
      { ...noted, contained: [{ resourceType: "Condition", id: "1", code: { text: "calm" } }] },
    ),
    openfhir: { [remark]: "c" },
    v1: { [remark]: "c", [note]: "calm" },
  },
  referenceTargets: {
    where: "a reference leads to a resource of another type than `resourceType`",
    outcome: toOpenEhr(
      pulse(`${method}
  - name: performer
    with: { fhir: "$resource.performer", openehr: $reference }
    reference:
      resourceType: Practitioner
      mappings: [{ name: note, with: { fhir: "name.family", openehr: "${items}[at0006]/items[at0007]" } }]`),
      {
        ...noted,
        contained: [{ resourceType: "Patient", id: "1", name: [{ family: "calm" }] }],
        performer: [{ reference: "#1" }],
      },
    ),
    openfhir: { [remark]: "c", [note]: "calm" },
    v1: { [remark]: "c" },
  },
  throughReferences: {
    where: "a path goes into the resource behind a reference without saying so",
    outcome: toOpenEhr(
      pulse(
        `${method}\n  - { name: note, with: { fhir: "$resource.performer.gender", openehr: "${items}[at0006]/items[at0007]" } }`,
      ),
      {
        ...noted,
        contained: [{ resourceType: "Practitioner", id: "1", gender: "female" }],
        performer: [{ reference: "#1" }],
      },
    ),
    openfhir: { [remark]: "c" },
    v1: { [remark]: "c", [note]: "female" },
  },
  absentRoots: {
    where: "there is nothing at the root of a FHIR condition `not of`",
    outcome: toOpenEhr(
      pulse(`${method}
  - name: mark
    with: { fhir: "$resource", openehr: "${items}[at0006]/items[at0007]" }
    fhirCondition: { targetRoot: "$resource.interpretation", targetAttribute: text, operator: not of, criteria: high }
    manual: [{ name: m, openehr: [{ path: "", value: calm }] }]`),
      noted,
    ),
    openfhir: { [remark]: "c" },
    v1: { [remark]: "c", [note]: "calm" },
  },
  startModels: {
    where: "two models of one archetype are in the context and `start` names one",
    outcome: toOpenEhr(
      [
        ...problem(code),
        {
          name: "EVALUATION.problem.v1#Severity",
          type: "Condition",
          body: `mappings: [{ name: severity, with: { fhir: "$resource.severity.text", openehr: "${problemItems}[at0008 and name/value='Right']" } }]`,
        },
      ],
      { resourceType: "Condition", code: { text: "a" }, severity: { text: "b" } },
    ),
    openfhir: { "ward/problem:0/left": "a", "ward/problem:0/right": "b" },
    v1: { "ward/problem:0/left": "a" },
  },
  severalAttributes: {
    where: "a FHIR condition names several attributes",
    outcome: toOpenEhr(
      notes(`{ targetRoot: "$resource.note", targetAttributes: [id, time], operator: one of, criteria: "2020" }`),
      { ...noted, note: [{ text: "calm", id: "1", time: "2020" }] },
    ),
    openfhir: { [remark]: "c" },
    v1: { [remark]: "c", [note]: "calm" },
  },
  reasonsInLists: {
    where: "a list has no value, and a reason for its absence",
    outcome: toOpenEhr(
      problem(
        `  - { name: family, with: { fhir: "$resource.name.family", openehr: "${left}" } }
  - { name: given, with: { fhir: "$resource.name.given", openehr: "${problemItems}[at0002]" } }`,
        "Patient",
      ),
      {
        resourceType: "Patient",
        name: [{ family: "F", _given: [{ extension: [{ url: absentReason, valueCode: "masked" }] }] }],
      },
    ),
    openfhir: { "ward/problem:0/left": "F" },
    v1: expect.objectContaining({ "ward/problem:0/diagnosis/_null_flavour|code": "272" }),
  },
  partialDates: {
    where: "a FHIR date has no day",
    outcome: toOpenEhr(
      problem(
        `  - { name: end, with: { fhir: "$resource.abatement.as(dateTime)", openehr: "${problemItems}[at0007]" } }
  - { name: onset, with: { fhir: "$resource.extension.value.as(date)", openehr: "${problemItems}[at0004]" } }`,
      ),
      {
        resourceType: "Condition",
        abatementDateTime: "2024-05",
        extension: [{ url: "urn:onset", valueDate: "2024-06" }],
      },
    ),
    openfhir: { "ward/problem:0/abatement": "2024-05-01", "ward/problem:0/onset": "2024-06-01" },
    v1: { "ward/problem:0/abatement": "2024-05", "ward/problem:0/onset": "2024-06" },
  },
  concatenation: {
    where: "a literal is joined to a path",
    outcome: toOpenEhr(
      problem(
        `  - { name: id, unidirectional: "fhir->openehr", with: { fhir: "'urn:uid:' & $resource.code.text", openehr: "${left}" } }`,
      ),
      { resourceType: "Condition", code: { text: "urn:uid:17" } },
    ),
    openfhir: { "ward/problem:0/left": "urn:uid:urn:uid:17" },
    v1: { "ward/problem:0/left": "17" },
  },
  links: {
    where: "a method has a `link`",
    outcome: toOpenEhr(
      problem(`${code}
  - { name: visit, with: { fhir: "$resource.encounter", openehr: "$archetype/links" }, link: { meaning: contact, type: visit } }`),
      { resourceType: "Condition", code: { text: "a" }, encounter: { reference: "Encounter/9" } },
    ),
    openfhir: { "ward/problem:0/left": "a" },
    v1: {
      "ward/problem:0/left": "a",
      "ward/problem:0/_link:0|meaning": "contact",
      "ward/problem:0/_link:0|type": "visit",
      "ward/problem:0/_link:0|target": "Encounter/9",
    },
  },
  listWrites: {
    where: "two methods write one list",
    outcome: toOpenEhr(
      pulse(`  - { name: note, with: { fhir: "$resource.note.text", openehr: "${items}[at0005]" } }\n${method}`),
      { ...noted, note: [{ text: "a" }, { text: "b" }] },
    ),
    openfhir: { [`${event}/remark:0`]: "c", [`${event}/remark:1`]: "b" },
    v1: { [`${event}/remark:0`]: "a", [`${event}/remark:1`]: "b", [`${event}/remark:2`]: "c" },
  },
  startOccurrences: {
    where: "several resources start",
    outcome: toOpenEhr(
      problem(code),
      bundleOf({ resourceType: "Condition", code: { text: "a" } }, { resourceType: "Condition", code: { text: "b" } }),
    ),
    openfhir: { "ward/problem:0/left": "b" },
    v1: { "ward/problem:0/left": "a", "ward/problem:1/left": "b" },
  },
  typeConditions: {
    where: "an openEHR condition asks for a type",
    outcome: toOpenEhr(
      problem(`${code}
  - name: onset
    with: { fhir: "$resource.onset.as(dateTime)", openehr: "${problemItems}[at0004]" }
    openehrCondition: { targetRoot: "${problemItems}[at0004]", operator: type, criteria: DV_TEXT }`),
      { resourceType: "Condition", code: { text: "a" }, onsetDateTime: "2020-01-01T10:00:00+01:00" },
    ),
    openfhir: { "ward/problem:0/left": "a" },
    v1: { "ward/problem:0/left": "a", "ward/problem:0/onset": "2020-01-01T10:00:00" },
  },
  slotOrder: {
    where: "a method has a slot and children",
    outcome: toOpenEhr(
      [
        ...pulse(`  - name: device
    with: { fhir: "$resource.device", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    slotArchetype: CLUSTER.device.v1
    followedBy: { mappings: [{ name: own, with: { fhir: "display", openehr: "items[at0001]" } }] }`),
        {
          name: "CLUSTER.device.v1",
          type: "Reference",
          body: `mappings: [{ name: id, with: { fhir: "$resource.identifier.value", openehr: "$archetype/items[at0001]" } }]`,
        },
      ],
      { resourceType: "Observation", device: { display: "cuff", identifier: { value: "D1" } } },
    ),
    openfhir: { "ward/pulse/device:0/device_name": "D1" },
    v1: { "ward/pulse/device:0/device_name": "cuff" },
  },
  constantGates: {
    where: "an entry of constants and its method both have a condition",
    outcome: toOpenEhr(
      pulse(`${method}
  - name: mark
    with: { fhir: "$resource", openehr: "${items}[at0006]/items[at0007]" }
    fhirCondition: { targetRoot: "$resource", targetAttribute: status, operator: one of, criteria: final }
    manual:
      - name: m
        openehr: [{ path: "", value: marked }]
        fhirCondition: { targetRoot: "$resource", targetAttribute: method.text, operator: one of, criteria: c }`),
      { ...noted, status: "amended" },
    ),
    openfhir: { [remark]: "c", [note]: "marked" },
    v1: { [remark]: "c" },
  },
  olderVariables: {
    where: "a variable has its older name",
    outcome: toOpenEhr(
      pulse(`${method}
  - name: component
    with: { fhir: "$resource.component", openehr: "${items}[at0006]", type: NONE }
    followedBy: { mappings: [{ name: code, with: { fhir: "code.text", openehr: "$openEHRRoot/items[at0007]" } }] }`),
      { ...noted, component: [{ code: { text: "a" } }] },
    ),
    openfhir: expect.not.objectContaining({ [note]: "a" }),
    v1: { [remark]: "c", [note]: "a" },
  },
  nullFlavours: {
    where: "a value is absent for a reason",
    outcome: toOpenEhr(
      problem(`${code}
  - { name: end, with: { fhir: "$resource.abatement.as(dateTime)", openehr: "${problemItems}[at0007]" } }`),
      {
        resourceType: "Condition",
        code: { text: "a" },
        _abatementDateTime: { extension: [{ url: absentReason, valueCode: "asked-declined" }] },
      },
    ),
    openfhir: expect.objectContaining({ "ward/problem:0/abatement/_null_flavour|code": "272" }),
    v1: expect.objectContaining({
      "ward/problem:0/abatement/_null_flavour|code": "253",
      "ward/problem:0/abatement/_null_reason": "asked-declined",
    }),
  },
  intervalEventTime: {
    where: "a Period becomes an event",
    outcome: (semantics: Semantics) =>
      toOpenEhr(
        pulse(`${method}
  - { name: time, with: { fhir: "$resource.effective", openehr: "$archetype/data[at0001]/events[at0002]" } }`),
        {
          ...noted,
          effectivePeriod: { start: "2024-06-01T10:00:00+02:00", end: "2024-06-01T11:30:00+02:00" },
        },
      )(semantics)[`${event}/time`],
    openfhir: "2024-06-01T10:00:00",
    v1: "2024-06-01T11:30:00",
  },
} satisfies Partial<Record<keyof Semantics, Example>>;
