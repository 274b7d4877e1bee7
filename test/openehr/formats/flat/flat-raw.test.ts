import { describe, expect, it } from "vitest";
import { Problem } from "../../../../src/errors/problem.js";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import type { RmObject } from "../../../../src/openehr/rm/rm-object.js";
import { smallFlatTemplate } from "./small-flat-template.js";

const template = smallFlatTemplate();
const settings = { now: () => "2024-05-06T07:08:09" };
const read = (document: object): RmObject => completeComposition(readFlat(document, template, settings), settings);

const code = { _type: "CODE_PHRASE", terminology_id: { _type: "TERMINOLOGY_ID", value: "T" }, code_string: "1" };
const text = { _type: "DV_TEXT", value: "v" };
const codedText = { _type: "DV_CODED_TEXT", value: "v", defining_code: code };
const party = { _type: "PARTY_IDENTIFIED", name: "A" };
const range = { _type: "DV_INTERVAL", lower: { _type: "DV_QUANTITY", magnitude: 1, units: "kg" } };
const link = { meaning: text, type: text, target: { _type: "DV_EHR_URI", value: "ehr://x" } };
const audit = { _type: "FEEDER_AUDIT", originating_system_audit: { _type: "FEEDER_AUDIT_DETAILS", system_id: "s" } };
const participation = { _type: "PARTICIPATION", function: text, performer: party };

const entry = (expected: object) => ({ content: [expected] });
const element = (expected: object) => entry({ data: { items: [expected] } });
const element2 = { _type: "ELEMENT", name: text, archetype_node_id: "at0005", value: text };

interface RawCase {
  readonly path: string;
  readonly object: object;
  readonly expected: object;
  readonly beside?: Record<string, string>;
}

function tuples(
  rows: readonly (readonly [path: string, object: object, expected: object, beside?: Record<string, string>])[],
): readonly RawCase[] {
  return rows.map(([path, object, expected, beside = {}]) => ({ path, object, expected, beside }));
}

/** A path, the object that stands there, and what of the composition it becomes. */
const OBJECTS: readonly RawCase[] = tuples([
  ["report/finding/note", codedText, element({ value: codedText })],
  ["report/finding/note", element2, element({ name: text, value: text })],
  ["report/finding/remark", text, element({ value: text })],
  ["report/finding/remark/text_value", text, element({ value: text })],
  ["report/finding/choice", { _type: "DV_QUANTITY", magnitude: 1, units: "kg" }, element({ value: { magnitude: 1 } })],
  ["report/finding/choice/text_value", text, element({ value: text })],
  ["report/finding/note/_name", text, element({ name: text }), { "report/finding/note": "x" }],
  ["report/finding/note/_null_flavour", codedText, element({ null_flavour: codedText })],
  [
    "report/finding/note/_mapping:0",
    { match: "=", target: code },
    element({ value: { mappings: [{ match: "=", target: code }] } }),
    { "report/finding/note": "x" },
  ],
  ["report/finding/note/_language", code, element({ value: { language: code } }), { "report/finding/note": "x" }],
  ["report/finding/weight/_normal_range", range, element({ value: { normal_range: range } })],
  [
    "report/finding/weight/_other_reference_ranges:0",
    { range, meaning: text },
    element({ value: { other_reference_ranges: [{ meaning: text }] } }),
  ],
  [
    "report/finding/moment/_accuracy",
    { _type: "DV_DURATION", value: "P1D" },
    element({ value: { accuracy: { value: "P1D" } } }),
  ],
  ["report/finding/_link:1", link, entry({ links: [link] })],
  ["report/finding/_feeder_audit", audit, entry({ feeder_audit: audit })],
  ["report/finding/_feeder_audit/originating_system_audit", { system_id: "s" }, entry({ feeder_audit: audit })],
  ["report/finding/_provider", party, entry({ provider: party })],
  ["report/finding/_provider/_identifier:0", { id: "1" }, entry({ provider: { identifiers: [{ id: "1" }] } })],
  ["report/finding/_other_participation:0", participation, entry({ other_participations: [participation] })],
  [
    "report/finding/_guideline_id",
    { namespace: "n", type: "t", id: { _type: "HIER_OBJECT_ID", value: "1" } },
    entry({ guideline_id: { id: { _type: "HIER_OBJECT_ID" } } }),
  ],
  [
    "report/finding",
    {
      _type: "EVALUATION",
      name: text,
      archetype_node_id: "x",
      data: { _type: "ITEM_TREE", name: text, archetype_node_id: "y" },
    },
    entry({ _type: "EVALUATION", name: text }),
  ],
  ["report/composer", party, { composer: party }],
  [
    "report/context",
    { _type: "EVENT_CONTEXT", start_time: { _type: "DV_DATE_TIME", value: "2020" }, location: "L" },
    { context: { location: "L" } },
  ],
  ["report/context/_health_care_facility", party, { context: { health_care_facility: party } }],
  ["report/context/_participation:0", participation, { context: { participations: [participation] } }],
  [
    "report",
    { _type: "COMPOSITION", name: text, archetype_node_id: "x", composer: party },
    { name: text, composer: party },
  ],
]);

describe("|raw", () => {
  it.each(OBJECTS)("gives an object as canonical JSON at $path", ({ path, object, expected, beside }) => {
    expect(read({ ...beside, [`${path}|raw`]: JSON.stringify(object) })).toMatchObject(expected);
  });

  it.each(OBJECTS)("is refused at $path when it is no object of a class that may stand there", ({ path, beside }) => {
    const key = `${path}|raw`;
    for (const value of ['{"_type":"ARCHETYPE_ID","value":"secret"}', "secret", "[]", { value: "secret" }]) {
      expect(() => read({ ...beside, [key]: value })).toThrow(
        expect.objectContaining({
          code: "FLAT_VALUE_INVALID",
          place: expect.objectContaining({ path: key }),
          message: expect.not.stringContaining("secret"),
        }),
      );
    }
  });

  it("is unknown where anything stands beside or below it", () => {
    const document = { "report/finding/note|raw": JSON.stringify(text), "report/finding/note/_uid": "1" };
    expect(() => read(document)).toThrow(Problem);
    expect(() => read(document)).toThrow('no place for "report/finding/note|raw"');
  });
});
