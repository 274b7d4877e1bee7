import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../../src/errors/problem.js";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../../src/openehr/formats/flat/flat-writer.js";
import { readStructured } from "../../../../src/openehr/formats/structured/structured.js";
import { NumberText } from "../../../../src/openehr/json/number-text.js";
import { isRmObject, type RmObject, type RmValue } from "../../../../src/openehr/rm/rm-object.js";
import { smallFlatTemplate } from "./small-flat-template.js";

const template = smallFlatTemplate();
const settings = { now: () => "2024-05-06T07:08:09" };

/** Values of the elements of the only entry, by their names. */
function elements(document: unknown): readonly (readonly [unknown, RmValue | undefined])[] {
  const composition = completeComposition(readFlat(document, template, settings), settings);
  const [entry] = composition.content as RmObject[];
  const tree = entry?.data as RmObject | undefined;
  return ((tree?.items ?? []) as RmObject[]).map(({ name, value }) => [isRmObject(name) && name.value, value]);
}

function problemOf(document: unknown): Problem {
  try {
    readFlat(document, template, settings);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("No problem was thrown.");
}

const coded = (terminology: string, code: string, value: string) => ({
  _type: "DV_CODED_TEXT",
  value,
  defining_code: {
    _type: "CODE_PHRASE",
    terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
    code_string: code,
  },
});

describe("optional attributes of an element without value", () => {
  const missing = (key: string) => ({ code: "FLAT_VALUE_MISSING", place: { path: key, valueType: "ELEMENT" } });

  it.each([
    ["report/finding/note:0/_uid", "1.2.3"],
    ["report/finding/note:1/_name|value", "secret"],
    ["report/finding/choice/_link:0|meaning", "secret"],
    ["report/finding/weight/_feeder_audit/originating_system_audit|system_id", "secret"],
    ["report/finding/note/_null_reason", "secret"],
  ])("are refused with their key: %s", (key, value) => {
    const problem = problemOf({ [key]: value, "report/finding/site": "left" });
    const path = key.includes("_feeder_audit") ? "report/finding/weight/_feeder_audit" : key;
    expect(problem).toMatchObject(missing(path));
    expect(problem.toLine()).toContain("_null_flavour");
    expect(problem.toLine()).not.toContain(value);
  });

  it("are refused in STRUCTURED by the same path", () => {
    const document = { report: { finding: [{ note: [{ _uid: ["1.2.3"] }] }] } };
    expect(() => readStructured(document, template, settings)).toThrow(
      expect.objectContaining(missing("report/finding/note/_uid")),
    );
  });

  it("are kept beside a value, a null flavour, or one that comes in any order", () => {
    const uid = { _type: "HIER_OBJECT_ID", value: "1.2.3" };
    const items = (document: object) => {
      const { content } = completeComposition(readFlat(document, template, settings), settings);
      const [entry] = content as RmObject[];
      return (entry?.data as RmObject | undefined)?.items;
    };
    expect(items({ "report/finding/note/_uid": "1.2.3", "report/finding/note": "x" })).toMatchObject([{ uid }]);
    const flavour = { "report/finding/note/_uid": "1.2.3", "report/finding/note/_null_flavour|code": "253" };
    expect(items(flavour)).toMatchObject([{ uid, null_flavour: { value: "unknown" } }]);
  });
});

describe("reading FLAT", () => {
  it("takes label and terminology of a code from the template, whatever the document says", () => {
    expect(elements({ "report/finding/site|code": "at0010", "report/finding/site|value": "wrong" })).toEqual([
      ["Site", coded("local", "at0010", "left")],
    ]);
  });

  it("takes a plain coded text as code or label of the list", () => {
    expect(elements({ "report/finding/site:0": "at0011", "report/finding/site:1": "left" })).toEqual([
      ["Site", coded("local", "at0011", "right")],
      ["Site", coded("local", "at0010", "left")],
    ]);
  });

  it("keeps a plain coded text that is in no list", () => {
    expect(elements({ "report/finding/site": "elsewhere" })).toEqual([
      ["Site", { _type: "DV_CODED_TEXT", value: "elsewhere" }],
    ]);
  });

  it("makes a coded text of a text that has a code", () => {
    expect(
      elements({
        "report/finding/note|code": "1",
        "report/finding/note|value": "v",
        "report/finding/note|terminology": "T",
      }),
    ).toEqual([["Note", coded("T", "1", "v")]]);
  });

  it("reads |other as the text of an element that takes a coded text or a text", () => {
    expect(elements({ "report/finding/remark:0|other": "free", "report/finding/remark:1|code": "at0010" })).toEqual([
      ["Remark", { _type: "DV_TEXT", value: "free" }],
      ["Remark", coded("local", "at0010", "left")],
    ]);
  });

  it("finds code and label of an ordinal by its number", () => {
    const [degree] = elements({ "report/finding/degree|ordinal": 2 });
    expect(degree).toEqual(["Degree", { _type: "DV_ORDINAL", value: 2, symbol: coded("local", "at0013", "severe") }]);
  });

  it("takes the only unit of the template and numbers given as texts", () => {
    expect(elements({ "report/finding/weight|magnitude": "65.10" })).toEqual([
      ["Weight", { _type: "DV_QUANTITY", magnitude: new NumberText("65.10"), units: "kg" }],
    ]);
  });

  it("closes gaps between indexes and keeps their order, whatever the order of the keys", () => {
    const document = {
      "report/finding/note:7": "second",
      "report/finding/weight|magnitude": 1,
      "report/finding/note:2": "first",
    };
    expect(elements(document).map(([, value]) => isRmObject(value) && (value.value ?? value.magnitude))).toEqual([
      1,
      "first",
      "second",
    ]);
  });

  it.each([
    ["report/finding/note|value", { "report/finding/note": "a" }],
    ["report/finding/weight|unit", { "report/finding/weight|units": "kg" }],
    ["report/finding/note|raw", { "report/finding/note": "a" }],
  ])("says that a key is refused only for what stands beside it: %s", (key, beside) => {
    const { message } = problemOf({ ...beside, [key]: "b" });
    expect(message).toContain(`has no place for "${key}" beside what else is given there.`);
  });

  it("lets the later of two alternatives win", () => {
    expect(
      elements({
        "report/finding/choice/text_value": "much",
        "report/finding/choice/quantity_value|magnitude": 3,
      }),
    ).toEqual([["Choice", { _type: "DV_TEXT", value: "much" }]]);
  });

  it("gives an element with a null flavour no value", () => {
    const document = { "report/finding/note": "ignored", "report/finding/note/_null_flavour|value": "unknown" };
    const draft = readFlat(document, template);
    expect(JSON.stringify(completeComposition(draft, settings))).toContain('"null_flavour"');
    expect(elements(document)).toEqual([["Note", undefined]]);
  });

  it("reads now as the time of the clock", () => {
    expect(elements({ "report/finding/moment": "now" })).toEqual([
      ["Moment", { _type: "DV_DATE_TIME", value: "2024-05-06T07:08:09" }],
    ]);
  });

  it("fills the composition from ctx shortcuts", () => {
    const composition = completeComposition(
      readFlat(
        {
          "ctx/language": "de",
          "ctx/territory": "CH",
          "ctx/composer_name": "A",
          "ctx/composer_id": "1",
          "ctx/id_scheme": "S",
          "ctx/id_namespace": "N",
          "ctx/time": "2020-01-02T03:04+0100",
          "ctx/setting": "home",
          "report/finding/note": "x",
        },
        template,
      ),
      settings,
    );
    expect(composition).toMatchObject({
      language: { code_string: "de" },
      territory: { code_string: "CH" },
      composer: { name: "A", external_ref: { namespace: "N", id: { value: "1", scheme: "S" } } },
      context: {
        start_time: { value: "2020-01-02T03:04:00.0+01:00" },
        setting: { defining_code: { code_string: "225" } },
      },
      content: [{ language: { code_string: "de" } }],
    });
  });

  it("reads raw canonical JSON as the value of an element", () => {
    const raw = JSON.stringify({ "@class": "DV_TEXT", value: "as is" });
    expect(elements({ "report/finding/note|raw": raw })).toEqual([["Note", { _type: "DV_TEXT", value: "as is" }]]);
    expect(problemOf({ "report/finding/note|raw": "{" }).place.path).toBe("report/finding/note|raw");
    const wrongClass = JSON.stringify({ _type: "DV_COUNT", magnitude: 1 });
    expect(problemOf({ "report/finding/note|raw": wrongClass }).code).toBe("FLAT_VALUE_INVALID");
  });
});

describe("FLAT documents that are refused", () => {
  it("names every path the template does not have, in one problem", () => {
    const problem = problemOf({
      "report/finding/note": "x",
      "report/finding/colour": 1,
      "/report/finding/note:1": "x",
      "report/finding:1/note": "x",
      "report/finding/note|shade": "x",
      "other/finding": true,
    });
    expect(problem.code).toBe("FLAT_PATH_UNKNOWN");
    expect(problem.others.map(({ place }) => place.path).sort()).toEqual([
      "/report/finding/note:1",
      "other/finding",
      "report/finding/colour",
      "report/finding/note|shade",
      "report/finding:1/note",
    ]);
  });

  it.each([
    ["a bad number", { "report/finding/weight|magnitude": "secret" }, "FLAT_VALUE_INVALID"],
    ["an object", { "report/finding/note": { secret: 1 } }, "FLAT_VALUE_INVALID"],
    ["a bad date", { "report/finding/moment": "2020-02-30" }, "FLAT_VALUE_INVALID"],
    ["an unknown null flavour", { "report/finding/note/_null_flavour|code": "secret" }, "FLAT_CODE_UNKNOWN"],
    ["an unknown language", { "ctx/language": "secret" }, "FLAT_CODE_UNKNOWN"],
    ["a bad index", { "report/finding/note:x": "v" }, "FLAT_PATH_INVALID"],
    ["an endless path", { [`report${"/a".repeat(10_000)}`]: "v" }, "FLAT_PATH_INVALID"],
    ["one path twice", { "report/finding/note": "v", "report/finding/note:0": "v" }, "FLAT_PATH_DUPLICATE"],
  ])("%s is reported with its path and without its value", (_what, document, code) => {
    const problem = problemOf(document);
    expect(problem.code).toBe(code);
    expect(problem.place.path).toBe(Object.keys(document).at(-1));
    expect(problem.message).not.toMatch(/secret|2020-02-30/);
  });

  it.each([[null], [5], ["text"], [[]]])("%j is no FLAT document", (document) => {
    expect(problemOf(document).code).toBe("FLAT_NOT_AN_OBJECT");
  });

  it("names that are special in JavaScript are just unknown paths", () => {
    const document = JSON.parse(
      '{"__proto__":"x","report/__proto__/y":1,"report/constructor|value":1,"report/finding/toString":1}',
    );
    expect(problemOf(document).others).toHaveLength(4);
    expect(Object.hasOwn(Object.prototype, "y")).toBe(false);
  });

  const segment = fc.constantFrom(
    "report",
    "finding",
    "note",
    "note:1",
    "remark",
    "choice",
    "quantity_value",
    "context",
    "composer",
    "ctx",
    "participation_name:3",
    "_mapping:0",
    "_normal_range",
    "lower",
    "_feeder_audit",
    "_null_flavour",
    "_link:2",
    "",
    "x:",
    "__proto__",
  );
  const suffix = fc.constantFrom(
    "",
    "|code",
    "|value",
    "|raw",
    "|other",
    "|magnitude",
    "|",
    "|a|b",
    "|identifiers_id:0",
  );
  const key = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 6 }), suffix)
    .map(([segments, attribute]) => segments.join("/") + attribute);
  const underFinding = key.map((path) => `report/finding/${path}`);
  const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));

  it("no document fails with anything but a Problem, and what is read can be completed and written", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(key, underFinding, fc.string()), value, { maxKeys: 8 }), (document) => {
        try {
          const draft = readFlat(document, template, settings);
          writeFlat(draft);
          completeComposition(draft, settings);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("what is written reads back to the same document", () => {
    const leaf = fc.oneof(
      fc.record({ name: fc.constant("note"), attribute: fc.constant(""), value: fc.string({ minLength: 1 }) }),
      fc.record({ name: fc.constant("weight"), attribute: fc.constant("|magnitude"), value: fc.integer() }),
      fc.record({ name: fc.constant("site"), attribute: fc.constant("|code"), value: fc.string({ minLength: 1 }) }),
      fc.record({ name: fc.constant("remark"), attribute: fc.constant("|other"), value: fc.string({ minLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 12 }), (leaves) => {
        const document = Object.fromEntries(
          leaves.map(({ name, attribute, value: given }, index) => [
            `report/finding/${name}:${index}${attribute}`,
            given,
          ]),
        );
        const written = writeFlat(readFlat(document, template, settings));
        expect(Object.keys(written)).toHaveLength(leaves.length);
        expect(writeFlat(readFlat(written, template, settings))).toEqual(written);
      }),
    );
  });
});
