import { describe, expect, it } from "vitest";
import { Problem } from "../../../../src/errors/problem.js";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { flatToStructured } from "../../../../src/openehr/formats/structured/flat-to-structured.js";
import { readStructured } from "../../../../src/openehr/formats/structured/structured.js";
import type { RmObject } from "../../../../src/openehr/rm/rm-object.js";
import { smallFlatTemplate } from "./small-flat-template.js";

const template = smallFlatTemplate();
const settings = { now: () => "2024-05-06T07:08:09" };
const note = { "report/finding/note": "x" };

const fromFlat = (document: object): RmObject =>
  completeComposition(readFlat({ ...note, ...document }, template, settings), settings);
const fromStructured = (document: object): RmObject =>
  completeComposition(readStructured(document, template, settings), settings);

const code = (codeString: string) => ({ defining_code: { code_string: codeString } });
const reference = (id: string, scheme: string, namespace: string) => ({
  _type: "PARTY_REF",
  namespace,
  type: "PARTY",
  id: { _type: "GENERIC_ID", value: id, scheme },
});
const schemes = { "ctx/id_scheme": "S", "ctx/id_namespace": "N" };
const entryOf = (expected: object) => ({ content: [expected] });

/** Shortcuts, and what of the composition they give. */
const SHORTCUTS: readonly (readonly [what: string, document: object, expected: object])[] = [
  [
    "the language",
    { "ctx/language": "de" },
    { language: { code_string: "de" }, ...entryOf({ language: { code_string: "de" } }) },
  ],
  [
    "the language by code",
    { "ctx/language|code": "de", "ctx/language|terminology": "ISO_639-1" },
    { language: { code_string: "de" } },
  ],
  ["the language with an index", { "ctx/language:0": "de" }, { language: { code_string: "de" } }],
  ["the territory by code", { "ctx/territory|code": "CH" }, { territory: { code_string: "CH" } }],
  ["a composer by name", { "ctx/composer_name": "A" }, { composer: { _type: "PARTY_IDENTIFIED", name: "A" } }],
  [
    "a composer by name and id",
    { ...schemes, "ctx/composer_name|value": "A", "ctx/composer_id": "1" },
    { composer: { name: "A", external_ref: reference("1", "S", "N") } },
  ],
  [
    "the subject as composer",
    { "ctx/composer_self": "true", "ctx/composer_name": "A" },
    { composer: { _type: "PARTY_SELF" } },
  ],
  [
    "the subject as composer, with an id",
    { ...schemes, "ctx/composer_self": true, "ctx/composer_id": "1" },
    { composer: { _type: "PARTY_SELF", external_ref: reference("1", "S", "N") } },
  ],
  ["no subject as composer", { "ctx/composer_self": false, "ctx/composer_name": "A" }, { composer: { name: "A" } }],
  [
    "times",
    { "ctx/time": "2020-01-02", "ctx/end_time": "2020-01-03T4:05" },
    { context: { start_time: { value: "2020-01-02" }, end_time: { value: "2020-01-03T04:05:00.0" } } },
  ],
  [
    "a time as value",
    { "ctx/time|value": "2020-01-02T03:04:05Z" },
    { context: { start_time: { value: "2020-01-02T03:04:05.0Z" } } },
  ],
  ["the time of the clock", { "ctx/time": "now" }, { context: { start_time: { value: "2024-05-06T07:08:09" } } }],
  [
    "a facility",
    { ...schemes, "ctx/health_care_facility|name": "H", "ctx/health_care_facility|id": "2" },
    { context: { health_care_facility: { name: "H", external_ref: reference("2", "S", "N") } } },
  ],
  [
    "a facility with a scheme of its own",
    { ...schemes, "ctx/health_care_facility|id": "2", "ctx/health_care_facility|id_scheme": "T" },
    { context: { health_care_facility: { external_ref: reference("2", "T", "N") } } },
  ],
  ["the location", { "ctx/location": "L" }, { context: { location: "L" } }],
  ["the setting by rubric", { "ctx/setting": "home" }, { context: { setting: code("225") } }],
  ["the setting by code", { "ctx/setting|code": "225" }, { context: { setting: code("225") } }],
  ["the setting by value", { "ctx/setting|value": "dental care" }, { context: { setting: code("236") } }],
  [
    "a provider",
    { ...schemes, "ctx/provider_name": "P", "ctx/provider_id": "3" },
    entryOf({ provider: { name: "P", external_ref: reference("3", "S", "N") } }),
  ],
  [
    "a work flow",
    {
      "ctx/work_flow_id|id": "4",
      "ctx/work_flow_id|id_scheme": "S",
      "ctx/work_flow_id|namespace": "N",
      "ctx/work_flow_id|type": "T",
    },
    entryOf({ workflow_id: { namespace: "N", type: "T", id: { value: "4", scheme: "S" } } }),
  ],
  [
    "links",
    { "ctx/link:0|type": "t", "ctx/link:0|meaning": "m", "ctx/link:0|target": "ehr://x", "ctx/link:3|type": "u" },
    {
      links: [
        { type: { value: "t" }, meaning: { value: "m" }, target: { value: "ehr://x" } },
        { type: { value: "u" } },
      ],
    },
  ],
  ["a key that begins with the name of a shortcut", { "ctx/location_of_care": "L" }, { context: { location: "L" } }],
  [
    "the exact key before one that begins with it",
    { "ctx/location_of_care": "far", "ctx/location": "near" },
    { context: { location: "near" } },
  ],
]; // prettier-ignore

describe("ctx shortcuts", () => {
  it.each(SHORTCUTS)("give %s", (_what, document, expected) => {
    expect(fromFlat(document)).toMatchObject(expected);
  });

  it.each(SHORTCUTS)("give %s in STRUCTURED", (_what, document, expected) => {
    expect(fromStructured(flatToStructured({ ...note, ...document }))).toMatchObject(expected);
  });

  it("are refused when nobody knows them, with the nearest one there is", () => {
    const unknown = {
      "ctx/langage": "en",
      "ctx/particpation_mode:1|code": "216",
      "ctx/category": "x",
      "ctx:0/__proto__": 1,
    };
    for (const read of [fromFlat, (flat: object) => fromStructured(flatToStructured({ ...note, ...flat }))]) {
      expect(() => read(unknown)).toThrow(
        expect.objectContaining({ code: "FLAT_PATH_UNKNOWN", message: expect.stringContaining("ctx/category") }),
      );
      expect(() => read(unknown)).toThrow('"ctx/langage" (did you mean "ctx/language"?)');
    }
    expect(() => fromFlat(unknown)).toThrow('(did you mean "ctx/participation_mode:1|code"?)');
    expect(() => fromFlat({ "ctx/link:0|typ": "t" })).toThrow('no place for "ctx/link:0|typ"');
    expect(() => fromFlat({ ctxt: "t" })).toThrow('no place for "ctxt"');
  });

  it("give participations to the context and to every entry, gaps between indexes closed", () => {
    const participations = [
      {
        _type: "PARTICIPATION",
        function: { _type: "DV_TEXT", value: "requester" },
        mode: code("216"),
        performer: {
          _type: "PARTY_IDENTIFIED",
          name: "A",
          external_ref: reference("1", "S", "N"),
          identifiers: [
            { _type: "DV_IDENTIFIER", issuer: "i", assigner: "a", id: "5", type: "t" },
            { _type: "DV_IDENTIFIER", issuer: "j", id: "6" },
          ],
        },
      },
      { _type: "PARTICIPATION", performer: { _type: "PARTY_IDENTIFIED", identifiers: [{ id: "7", type: "t" }] } },
    ];
    const composition = fromFlat({
      ...schemes,
      "ctx/participation_name": "A",
      "ctx/participation_function:0": "requester",
      "ctx/participation_mode:0": "face-to-face communication",
      "ctx/participation_id:0": "1",
      "ctx/participation_identifiers:0": "i::a::5::t;j::::6",
      "ctx/participation_identifiers:2|id:0": "7",
      "ctx/participation_identifiers:2|type:0": "t",
    });
    expect(composition).toMatchObject({
      context: { participations },
      content: [{ other_participations: participations }],
    });
  });

  it("may stand in STRUCTURED as one object, as several, as keys with slashes", () => {
    const report = { finding: [{ note: ["x"] }] };
    const expected = { language: { code_string: "de" }, territory: { code_string: "CH" } };
    for (const shortcuts of [
      { ctx: { language: "de", territory: ["CH"] } },
      { ctx: [{ language: ["de"] }, { territory: ["CH"] }] },
      { "ctx/language": "de", "ctx/territory": "CH" },
      { ctx: [{ language: [{ "|code": "de" }], territory: [{ "|value": "CH" }] }] },
    ]) {
      expect(fromStructured({ ...shortcuts, report })).toMatchObject(expected);
    }
  });

  it("give way to what the composition says itself", () => {
    const composition = fromFlat({
      "ctx/composer_name": "A",
      "report/composer|name": "B",
      "ctx/setting": "home",
      "report/context/setting|code": "236",
      "ctx/end_time": "2020-01-01",
      "report/context/_end_time": "2021-01-01",
    });
    expect(composition).toMatchObject({
      composer: { name: "B" },
      context: { setting: code("236"), end_time: { value: "2021-01-01" } },
    });
  });

  it("name the composer of which the composition has just an id", () => {
    const id = { "report/composer|id": "9", "report/composer|id_scheme": "T", "report/composer|id_namespace": "M" };
    expect(fromFlat({ ...id, "ctx/composer_name": "A" }).composer).toEqual({
      _type: "PARTY_IDENTIFIED",
      name: "A",
      external_ref: reference("9", "T", "M"),
    });
    expect(fromFlat({ ...id, "ctx/composer_self": true }).composer).toEqual({
      _type: "PARTY_SELF",
      external_ref: reference("9", "T", "M"),
    });
  });

  it.each([
    ["ctx/language|code", "FLAT_CODE_UNKNOWN"],
    ["ctx/territory", "FLAT_CODE_UNKNOWN"],
    ["ctx/setting|value", "FLAT_CODE_UNKNOWN"],
    ["ctx/participation_mode:1", "FLAT_CODE_UNKNOWN"],
    ["ctx/action_ism_transition_current_state", "FLAT_CODE_UNKNOWN"],
    ["ctx/time|value", "FLAT_VALUE_INVALID"],
    ["ctx/composer_self", "FLAT_VALUE_INVALID"],
  ])("are refused with their key when their value means nothing: %s", (key, expectedCode) => {
    try {
      fromFlat({ [key]: "nothing" });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ code: expectedCode, place: { path: key } });
    }
  });
});
