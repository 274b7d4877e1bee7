import { describe, expect, it } from "vitest";
import { completeComposition } from "../../../../src/openehr/building/complete-composition.js";
import { leftOutBecause } from "../../../../src/openehr/building/left-out.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { smallFlatTemplate } from "./small-flat-template.js";

const template = smallFlatTemplate();
const now = () => "2024-05-06T07:08:09";

/** What is told when a document is read and completed. */
function leftOut(document: unknown): readonly (readonly [string, string | undefined])[] {
  const told: (readonly [string, string | undefined])[] = [];
  const onLeftOut = (path: string, reason?: string): void => void told.push([path, reason]);
  completeComposition(readFlat(document, template, { now, onLeftOut }), { now }, undefined, { onLeftOut });
  return told;
}

const note = "report/finding/note";

describe("what a FLAT document says and its composition does not", () => {
  it("is the value beside a null flavour", () => {
    const told = leftOut({
      "report/finding/weight|magnitude": 3,
      "report/finding/weight|unit": "",
      "report/finding/weight/_null_flavour|code": "253",
    });
    expect(told).toEqual([["report/finding/weight|magnitude", leftOutBecause.nullFlavour]]);
  });

  it("is a null flavour's text that its code does not have", () => {
    const told = leftOut({ [`${note}/_null_flavour|code`]: "253", [`${note}/_null_flavour|value`]: "masked" });
    expect(told).toEqual([[`${note}/_null_flavour|value`, leftOutBecause.otherForm]]);
  });

  it("is the fraction of a whole number", () => {
    expect(leftOut({ "report/finding/weight|magnitude": 3, "report/finding/weight|precision": 1.5 })).toEqual([
      ["report/finding/weight|precision", leftOutBecause.fraction],
    ]);
  });

  it("is the first of two alternatives", () => {
    const told = leftOut({
      "report/finding/choice/text_value": "much",
      "report/finding/choice/quantity_value|magnitude": 3,
    });
    expect(told).toEqual([[expect.stringMatching(/\/value \(DV_QUANTITY\)$/), leftOutBecause.otherForm]]);
  });

  it("is a text that is not the one that the template has for the code", () => {
    const told = leftOut({ "report/finding/site|code": "at0010", "report/finding/site|value": "sinister" });
    expect(told).toEqual([[expect.stringMatching(/at0003\]\/value\/value$/), leftOutBecause.label]]);
  });

  it("are number and text of an ordinal that are not those of its code", () => {
    const degree = "report/finding/degree";
    const told = leftOut({ [`${degree}|code`]: "at0012", [`${degree}|ordinal`]: 2, [`${degree}|value`]: "severe" });
    expect(told).toEqual([
      [expect.stringMatching(/at0004\]\/value\/value$/), leftOutBecause.ordinal],
      [expect.stringMatching(/at0004\]\/value\/symbol\/value$/), leftOutBecause.label],
    ]);
  });

  it("is the terminology of an ordinal that is not local", () => {
    const told = leftOut({ "report/finding/degree|code": "at0012", "report/finding/degree|terminology": "SNOMED-CT" });
    expect(told).toEqual([["report/finding/degree|terminology", leftOutBecause.terminology]]);
  });

  it("is a member of a raw object that openEHR does not have", () => {
    const raw = JSON.stringify({ _type: "DV_TEXT", value: "a", valu: "b" });
    expect(leftOut({ [`${note}|raw`]: raw })).toEqual([[`${note}|raw $.valu`, leftOutBecause.noAttribute]]);
  });

  it("is the name of a composer who is the subject of care", () => {
    const told = leftOut({ "ctx/composer_self": true, "ctx/composer_name": "A", [note]: "a" });
    expect(told).toEqual([["ctx/composer_name", leftOutBecause.self]]);
  });

  it("is a second spelling of a shortcut", () => {
    const told = leftOut({
      "ctx/language": "en",
      "ctx/language|code": "de",
      "ctx/language|terminology": "x",
      [note]: "a",
    });
    expect(told).toEqual([["ctx/language|code", leftOutBecause.otherForm]]);
  });

  it("is the name of a provider who is the subject of care", () => {
    const told = leftOut({
      "report/finding/_provider|_type": "PARTY_SELF",
      "report/finding/_provider|name": "A",
      "report/finding/_provider/_identifier:0|id": "1",
      [note]: "a",
    });
    expect(told).toEqual([
      ["report/finding/_provider|name", leftOutBecause.self],
      ["report/finding/_provider/_identifier:0|id", leftOutBecause.self],
    ]);
  });

  it("is the scheme of an id that is not there", () => {
    const told = leftOut({
      "report/finding/_provider|name": "A",
      "report/finding/_provider|id_scheme": "B",
      [note]: "a",
    });
    expect(told).toEqual([["report/finding/_provider|id_scheme", leftOutBecause.owner]]);
  });

  it("is the original content as text where it is a medium as well", () => {
    const audit = `${note}/_feeder_audit`;
    const told = leftOut({
      [note]: "a",
      [`${audit}/originating_system_audit|system_id`]: "1",
      [`${audit}/original_content`]: "b",
      [`${audit}/original_content_multimedia|url`]: "urn:c",
    });
    expect(told).toEqual([[`${audit}/original_content`, leftOutBecause.otherForm]]);
  });

  it("is nothing where all of it is taken over", () => {
    const told = leftOut({
      "ctx/language": "en",
      "ctx/composer_name": "A",
      [note]: "a",
      "report/finding/weight|magnitude": 3.5,
      "report/finding/weight|unit": "kg",
    });
    expect(told).toEqual([]);
  });
});
