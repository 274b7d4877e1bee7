import { describe, expect, it } from "vitest";
import type { Mapper } from "../../src/engine/mapper.js";
import type { JsonObject, JsonValue } from "../../src/fhir/json.js";
import { hasCorpus } from "../conformance/corpus.js";
import { corpusJson, corpusSettings, publishedMapper } from "./fixtures/published-mapper.js";
import { resourcesOf } from "./fixtures/ward-mapper.js";

const projects = "openfhir/kds/mappings/projects/org.highmed/KDS";

type Flat = Record<string, string | number | boolean>;

function flatOf(mapper: Mapper, resource: JsonObject): Flat {
  return mapper.toOpenEhr(resource, corpusSettings).flat();
}

function resources(mapper: Mapper, body: JsonValue): readonly JsonObject[] {
  return resourcesOf(mapper.toFhir(mapper.readComposition(body, corpusSettings), corpusSettings));
}

/** The members in which two FLAT documents differ, by the last segment of their path. */
function differences(one: Flat, other: Flat): readonly string[] {
  const paths = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...paths].filter((path) => one[path] !== other[path]).map((path) => path.slice(path.lastIndexOf("/") + 1));
}

/** The Bundle with its only resource changed. */
function changed(bundle: JsonObject, change: (resource: JsonObject) => void): JsonObject {
  const copy = structuredClone(bundle);
  const [resource] = resourcesOf(copy);
  if (resource === undefined) throw new Error("no resource");
  change(resource);
  return copy;
}

/** A copy of a FLAT document without what stands below some paths. */
function without(flat: JsonObject, ...prefixes: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(flat).filter(([path]) => !prefixes.some((prefix) => path.startsWith(prefix))),
  );
}

describe.skipIf(!hasCorpus)("causes of death, changed", () => {
  const { mapper, bundle } = hasCorpus
    ? {
        mapper: publishedMapper(
          "openfhir/kds/todesursache/template.opt",
          `${projects}/todesursache/KDS_Todesursache.context.yaml`,
        ),
        bundle: corpusJson(
          "openfhir/kds/todesursache/cases/toOpenEHR/input/Condition-mii-exa-test-data-patient-1-todesursache-1.json",
        ),
      }
    : ({} as never);

  it.each([
    [
      "the code",
      { code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code: "B99", version: "2019" }] } },
      ["todesursache|code", "todesursache|value"],
    ],
    [
      "the version of the code system",
      { code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code: "A15.0", version: "2024" }] } },
      ["todesursache|terminology"],
    ],
    ["the note", { note: [{ text: "Anders" }] }, ["kommentar"]],
    ["the day of recording", { recordedDate: "2023-05-06" }, ["start_time"]],
  ] as [string, JsonObject, string[]][])("show another value for %s, and nothing else", (_, members, expected) => {
    const before = flatOf(mapper, bundle);
    const after = flatOf(
      mapper,
      changed(bundle, (resource) => void Object.assign(resource, members)),
    );
    expect(differences(before, after).toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ["the note", "note", ["kommentar"]],
    ["the code", "code", ["todesursache|code", "todesursache|terminology", "todesursache|value"]],
  ])("lose with %s only what was made of it", (_, member, expected) => {
    const after = changed(bundle, (resource) => void delete resource[member]);
    expect(differences(flatOf(mapper, bundle), flatOf(mapper, after)).toSorted()).toEqual(expected.toSorted());
  });

  it("do not depend on what no mapping looks at", () => {
    const after = changed(bundle, (resource) => {
      resource.bodySite = [{ text: "nowhere mapped" }];
      resource.id = "another";
    });
    expect(flatOf(mapper, after)).toEqual(flatOf(mapper, bundle));
  });

  it("come back with the changed value", () => {
    const after = changed(bundle, (resource) => void Object.assign(resource, { note: [{ text: "Anders" }] }));
    const composition = mapper.toOpenEhr(after, corpusSettings).composition();
    const [condition] = resources(mapper, composition as JsonObject);
    expect(condition).toMatchObject({
      note: [{ text: "Anders" }],
      code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code: "A15.0", version: "2019" }] },
    });
  });
});

describe.skipIf(!hasCorpus)("vital status, changed", () => {
  const { mapper, bundle } = hasCorpus
    ? {
        mapper: publishedMapper(
          "openfhir/kds/vitalstatus/template.opt",
          `${projects}/vitalstatus/KDS_Vitalstatus.context.yaml`,
        ),
        bundle: corpusJson(
          "openfhir/kds/vitalstatus/cases/toOpenEHR/input/Observation-mii-exa-test-data-patient-1-vitalstatus-1.json",
        ),
      }
    : ({} as never);

  it.each(["L", "X"])("shows the status %s in both directions", (code) => {
    const after = changed(bundle, (resource) => {
      resource.valueCodeableConcept = { coding: [{ system: "urn:status", code }], text: `Status ${code}` };
    });
    expect(flatOf(mapper, after)).toMatchObject({
      "kds_vitalstatus/vitalstatus/vitalstatus|code": code,
      "kds_vitalstatus/vitalstatus/vitalstatus|terminology": "urn:status",
      "kds_vitalstatus/vitalstatus/vitalstatus|value": `Status ${code}`,
    });
    const [observation] = resources(mapper, mapper.toOpenEhr(after, corpusSettings).composition() as JsonObject);
    expect(observation?.valueCodeableConcept).toMatchObject({ coding: [{ code }], text: `Status ${code}` });
  });

  it("is the same moment whatever offset it is written with", () => {
    const after = changed(bundle, (resource) => {
      resource.effectiveDateTime = "2024-02-21T10:46:17-05:00";
    });
    expect(flatOf(mapper, after)).toEqual(flatOf(mapper, bundle));
  });

  it("moves with its time", () => {
    const after = changed(bundle, (resource) => {
      resource.effectiveDateTime = "2024-07-21T16:46:17+01:00";
    });
    expect(differences(flatOf(mapper, bundle), flatOf(mapper, after))).toEqual(["date_time_value"]);
  });

  it("does not depend on the order of members and entries", () => {
    const reversed = changed(bundle, (resource) => {
      const members = Object.entries(resource).toReversed();
      for (const [name] of members) delete resource[name];
      Object.assign(resource, Object.fromEntries(members));
    });
    const entries = reversed.entry as JsonValue[];
    reversed.entry = [{ resource: { resourceType: "Patient", id: "p" } }, ...entries];
    expect(flatOf(mapper, reversed)).toEqual(flatOf(mapper, bundle));
  });

  it("is refused when nothing of it is left", () => {
    const empty = { resourceType: "Bundle", entry: [{ resource: { resourceType: "Patient" } }] };
    expect(() => flatOf(mapper, empty)).toThrowError(expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }));
  });
});

describe.skipIf(!hasCorpus)("blood pressures, changed", () => {
  const { mapper, flat } = hasCorpus
    ? {
        mapper: publishedMapper(
          "openfhir/blood_pressure/template.opt",
          "openfhir/blood_pressure/mappings/simple-blood-pressure.context.yml",
        ),
        flat: corpusJson("openfhir/blood_pressure/cases/toFHIR/input/blood-pressure_flat.json"),
      }
    : ({} as never);
  const event = "blood_pressure/blood_pressure/any_event:";

  /** The document with its events in another order, or some of them left out or repeated. */
  function events(...order: readonly number[]): JsonObject {
    const rest = without(flat, event);
    for (const [to, from] of order.entries()) {
      for (const [path, value] of Object.entries(flat)) {
        if (path.startsWith(`${event}${from}/`))
          rest[path.replace(`${event}${from}`, `${event}${to}`)] = value as JsonValue;
      }
    }
    return rest;
  }

  const original = hasCorpus ? resources(mapper, flat) : [];

  it("give one Observation for each event", () => {
    expect(original.map(({ code }) => code)).toEqual([
      { text: "First bp" },
      { text: "Second bp" },
      { text: "Third bp" },
    ]);
  });

  it("give the same Observations in another order when the events are in another order", () => {
    expect(resources(mapper, events(2, 0, 1))).toEqual([original[2], original[0], original[1]]);
  });

  it("give twice as many when every event is there twice", () => {
    expect(resources(mapper, events(0, 0, 1, 1, 2, 2))).toEqual(original.flatMap((one) => [one, one]));
  });

  it("lose only the Observation of an event that is removed", () => {
    expect(resources(mapper, events(0, 2))).toEqual([original[0], original[2]]);
  });

  it("lose only the value that is removed, the constants of its component stay", () => {
    const [first, ...others] = resources(mapper, without(flat, `${event}0/diastolic`));
    const expected = structuredClone(original[0]) as JsonObject;
    const [, diastolic] = expected.component as JsonObject[];
    delete diastolic?.valueQuantity;
    expect(first).toEqual(expected);
    expect(others).toEqual(original.slice(1));
  });

  it("show another magnitude in the one component that has it", () => {
    const [, second] = resources(mapper, { ...flat, [`${event}1/systolic|magnitude`]: 123.5 });
    const expected = structuredClone(original[1]) as JsonObject;
    const [systolic] = expected.component as JsonObject[];
    (systolic?.valueQuantity as JsonObject).value = 123.5;
    expect(second).toEqual(expected);
  });

  it("go back into as many events, in the order of the Observations", () => {
    const bundle = { resourceType: "Bundle", entry: original.toReversed().map((resource) => ({ resource })) };
    const back = flatOf(mapper, bundle);
    const magnitudes = [0, 1, 2].map((at) => [
      back[`${event}${at}/systolic|magnitude`],
      back[`${event}${at}/diastolic|magnitude`],
    ]);
    expect(magnitudes).toEqual([
      [700, 503],
      [600, 502],
      [500, 501],
    ]);
    expect([0, 1, 2].map((at) => back[`${event}${at}/comment`])).toEqual(["Third bp", "Second bp", "First bp"]);
  });

  it("do not take a component of another code for a pressure", () => {
    const resource = structuredClone(original[0]) as JsonObject;
    const bundle = { resourceType: "Bundle", entry: [{ resource }] };
    const [systolic] = resource.component as JsonObject[];
    if (systolic !== undefined) systolic.code = { coding: [{ code: "8478-0" }] };
    const back = flatOf(mapper, bundle);
    expect(back).not.toHaveProperty([`${event}0/systolic|magnitude`]);
    expect(back[`${event}0/diastolic|magnitude`]).toBe(501);
  });
});
