import { describe, expect, it } from "vitest";
import { Problem } from "../../../../src/errors/problem.js";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../../src/openehr/formats/flat/flat-writer.js";
import { isRmObject, type RmObject } from "../../../../src/openehr/rm/rm-object.js";
import { smallFlatTemplate } from "./small-flat-template.js";

const template = smallFlatTemplate();
const settings = { now: () => "2024-05-06T07:08:09" };

function messageFor(path: string): string {
  try {
    readFlat({ [path]: "1" }, template, settings);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  throw new Error(`"${path}" was read.`);
}

describe("a path that the template does not have", () => {
  it.each([
    ["in another case", "Report/Finding/Note", "report/finding/note"],
    ["misspelt", "report/finding/notes:1", "report/finding/note:1"],
    ["misspelt twice", "report/findings/sitte|cod", "report/finding/site|code"],
    ["with a leading slash", "/report/finding/note", "report/finding/note"],
    ["with an index where nothing repeats", "report/finding:1/note:3", "report/finding/note:3"],
    ["without a segment", "report/note", "report/finding/note"],
    ["with a segment too many", "report/finding/note/value", "report/finding/note"],
    ["with a segment of the reference model", "report/finding/data/note|formatting", "report/finding/note|formatting"],
    ["with the attribute misspelt", "report/finding/weight|Units", "report/finding/weight|units"],
    ["without the attribute it needs", "report/finding/weight", "report/finding/weight|magnitude"],
    ["with an optional attribute misspelt", "report/finding/_linkk:0|type", "report/finding/_link:0|type"],
    [
      "misspelt inside of a value",
      "report/finding/note/_mapping:0/targt|kode",
      "report/finding/note/_mapping:0/target|code",
    ],
    ["of a choice, misspelt", "report/finding/remark/textvalue", "report/finding/remark/text_value"],
  ])("%s is refused together with the nearest one it has", (_what, path, nearest) => {
    expect(messageFor(path)).toContain(`"${path}" (did you mean "${nearest}"?)`);
  });

  it.each(["report/finding/zzzzzz", "other", "__proto__/a", "report/constructor", "report/finding/note|toString"])(
    "that is like no other is refused by itself: %s",
    (path) => {
      expect(messageFor(path)).toBe(`The template Small has no place for "${path}".`);
    },
  );
});

/** The only element of the only entry. */
function elementOf(document: object): RmObject | undefined {
  const [entry] = completeComposition(readFlat(document, template, settings), settings).content as RmObject[];
  const data = entry?.data;
  const [element] = (isRmObject(data) ? data.items : []) as RmObject[];
  return element;
}

describe("an element that takes a coded text or a text", () => {
  const left = { _type: "DV_CODED_TEXT", value: "left", defining_code: { code_string: "at0010" } };

  it.each([
    ["a text", { "report/finding/remark/text_value": "free" }, { _type: "DV_TEXT", value: "free" }],
    ["a coded text", { "report/finding/remark/coded_text_value|code": "at0010" }, left],
    ["a label", { "report/finding/remark:0/coded_text_value": "left" }, left],
    [
      "a text with a code of its own",
      { "report/finding/remark/text_value|code": "1", "report/finding/remark/text_value|value": "v" },
      { _type: "DV_CODED_TEXT", value: "v", defining_code: { code_string: "1" } },
    ],
  ])("is given as other choices are: %s", (_what, document, value) => {
    expect(elementOf(document)?.value).toMatchObject(value);
  });

  it("keeps its optional attributes beside", () => {
    const document = { "report/finding/remark/text_value": "free", "report/finding/remark/_uid": "1.2.3" };
    expect(elementOf(document)).toMatchObject({ value: { value: "free" }, uid: { value: "1.2.3" } });
  });

  it("is written in the form of its own path", () => {
    const draft = readFlat({ "report/finding/remark/text_value": "free" }, template, settings);
    expect(writeFlat(draft)).toEqual({ "report/finding/remark:0|other": "free" });
  });
});
