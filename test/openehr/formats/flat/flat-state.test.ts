import { describe, expect, it } from "vitest";
import { readCanonicalJson } from "../../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../../src/openehr/formats/canonical-json-writer.js";
import { readFlat } from "../../../../src/openehr/formats/flat/flat-reader.js";
import { writeFlat } from "../../../../src/openehr/formats/flat/flat-writer.js";
import { parseOperationalTemplate } from "../../../../src/openehr/template/parse-operational-template.js";
import { attribute, object, smallTemplate } from "../../template/small-template.js";

const items = [
  object("ELEMENT", "at0002", attribute("value", object("DV_STATE", ""))),
  object("ELEMENT", "at0003", attribute("value", object("DV_PARAGRAPH", ""))),
].join("");
const template = parseOperationalTemplate(smallTemplate({ items, terms: { at0002: "State", at0003: "Story" } }));

const state = {
  _type: "DV_STATE",
  value: {
    _type: "DV_CODED_TEXT",
    value: "active",
    defining_code: {
      _type: "CODE_PHRASE",
      terminology_id: { _type: "TERMINOLOGY_ID", value: "local" },
      code_string: "at1",
    },
  },
  is_terminal: false,
};

const flatState = {
  "report/finding/state|code": "at1",
  "report/finding/state|terminology": "local",
  "report/finding/state|value": "active",
  "report/finding/state|is_terminal": false,
};

describe("DV_STATE in FLAT", () => {
  it("is read by its suffixes and written the same", () => {
    expect(writeFlat(readFlat(flatState, template))).toEqual(flatState);
  });

  it("is read from the JSON that the SDK writes, which calls is_terminal terminal", () => {
    const { is_terminal: terminal, ...others } = state;
    const json = JSON.stringify({ ...others, terminal });
    expect(writeFlat(readFlat({ "report/finding/state": json }, template))).toEqual(flatState);
  });

  it("is refused with its path when its JSON is none", () => {
    const problem = expect.objectContaining({
      code: "FLAT_VALUE_INVALID",
      place: expect.objectContaining({ path: "report/finding/state" }),
    });
    for (const text of ["{", '{"_type":"DV_TEXT"}', "{}}"]) {
      expect(() => readFlat({ "report/finding/state": text }, template)).toThrow(problem);
    }
  });

  it("has is_terminal in canonical JSON, and is also read with terminal", () => {
    expect(writeCanonicalJson(readCanonicalJson(state))).toEqual(state);
    const { is_terminal: terminal, ...others } = state;
    expect(writeCanonicalJson(readCanonicalJson({ ...others, terminal }))).toEqual(state);
  });
});

describe("a class without suffixes of its own", () => {
  it("is written as |raw, which reads back", () => {
    const paragraph = { _type: "DV_PARAGRAPH", items: [{ _type: "DV_TEXT", value: "a" }] };
    const flat = { "report/finding/story|raw": JSON.stringify(paragraph) };
    expect(writeFlat(readFlat(flat, template))).toEqual(flat);
  });
});
