import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCanonicalJson } from "../../../src/openehr/formats/canonical-json.js";
import { writeCanonicalJson } from "../../../src/openehr/formats/canonical-json-writer.js";
import { exactNumber, NumberText } from "../../../src/openehr/json/number-text.js";
import { parseExactJson } from "../../../src/openehr/json/read-json.js";
import { writeJson } from "../../../src/openehr/json/write-json.js";

const KEPT = [
  "65.0",
  "100.10",
  "9007199254740993",
  "-0.0",
  "0.10000000000000000555",
  "1.50e3",
  "123456789012345678901.5",
];
const DOUBLES = ["65", "100.1", "-3.25", "0", "0.001", "9007199254740991", "1234567890.12345"];

describe("reading and writing JSON with the digits of its numbers", () => {
  it.each(KEPT)("keeps %s", (digits) => {
    const document = parseExactJson(`{"a":${digits}}`) as { a: unknown };
    expect(document.a).toEqual(new NumberText(digits));
    expect(writeJson(document)).toBe(`{"a":${digits}}`);
  });

  it.each(DOUBLES)("reads %s as the double that it is", (digits) => {
    expect(parseExactJson(`[${digits}]`)).toEqual([Number(digits)]);
  });

  it("finds numbers wherever they stand", () => {
    for (const json of ["1.0", "[1.0,2.0]", '{"a":[1.0],"b":{"c":2.50,"d":[{"e":3.0}]}}', '{"a:":1.0}', '{"":1.0}']) {
      expect(writeJson(parseExactJson(json))).toBe(json);
    }
    expect(writeJson(parseExactJson('{ "a" : [ 1.0 ,\n2.0\t] , "b"\n:\r\n3.0 }'))).toBe('{"a":[1.0,2.0],"b":3.0}');
  });

  it("leaves numbers inside of texts alone", () => {
    const texts = ['": 65.0,', "\\: 65.0,", '\\": 65.0}', ":65.0", ",65.0,", "[65.0]", "9007199254740993", '"a":65.0'];
    for (const text of texts) {
      const document = { [text]: text, number: 1 };
      expect(parseExactJson(JSON.stringify(document))).toEqual(document);
    }
  });

  it("takes the last of two members of one name", () => {
    expect(parseExactJson('{"a":{"b":65.0},"a":{"b":65}}')).toEqual({ a: { b: 65 } });
    expect(writeJson(parseExactJson('{"a":65,"a":65.0}'))).toBe('{"a":65.0}');
  });

  it("keeps members called __proto__ where they are", () => {
    const document = parseExactJson('{"__proto__":{"a":65.0},"__proto__ ":1.0}') as object;
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
    expect(writeJson(document)).toBe('{"__proto__":{"a":65.0},"__proto__ ":1.0}');
  });

  it.each([
    "{",
    '{"a":65.0',
    '{"a":65.0"b":1}',
    '{"a":1.0.0}',
    '{"a":01.0}',
    '{"a":1.}',
    "65.0 1",
    '["a":65.0]',
    "[1.0e]",
  ])("refuses %s as JSON.parse does", (text) => {
    const refusal = (parse: (json: string) => unknown): string => {
      try {
        parse(text);
      } catch (error) {
        return String(error);
      }
      return "";
    };
    expect(refusal(JSON.parse)).not.toBe("");
    expect(refusal(parseExactJson)).toBe(refusal(JSON.parse));
  });

  it("is a plain number for everything but writeJson", () => {
    const number = new NumberText("65.10");
    expect(JSON.stringify({ number })).toBe('{"number":65.1}');
    expect([Number(number), String(number), Number(number) > 65]).toEqual([65.1, "65.10", true]);
  });

  it("does not take a text from outside for a number", () => {
    const marked = writeJson({ text: "\u007f65.0", number: new NumberText("65.0") });
    expect(marked).toBe('{"text":"\u007f65.0","number":65.0}');
    expect(parseExactJson(marked)).toEqual({ text: "\u007f65.0", number: new NumberText("65.0") });
  });

  it("gives any document back, whatever its numbers, texts and layout", () => {
    const digits = fc
      .tuple(fc.constantFrom("", "-"), fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.stringMatching(/^(\.\d{1,25})?$/))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction}`)
      .filter((text) => text !== "-0");
    const blank = fc.stringMatching(/^[ \n\r\t]{0,3}$/);
    const text = fc
      .oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[":,{}[\]\\ .0-9eE+-]*$/))
      .map((string) => JSON.stringify(string));
    const name = text.filter((string) => !/^"\d+"$/.test(string));
    /** Compact text, and the same with layout. */
    type Written = readonly [compact: string, spaced: string];
    const leaf = fc.oneof(digits, text, fc.constantFrom("null", "true")).map((value): Written => [value, value]);
    const { document } = fc.letrec<{ document: Written; list: Written; object: Written }>((tie) => ({
      document: fc.oneof({ depthSize: "small" }, leaf, tie("list"), tie("object")),
      list: fc
        .tuple(fc.array(tie("document"), { maxLength: 4 }), blank)
        .map(
          ([items, space]): Written => [
            `[${items.map(([compact]) => compact).join(",")}]`,
            `[${items.map(([, spaced]) => `${space}${spaced}${space}`).join(",")}]`,
          ],
        ),
      object: fc
        .tuple(fc.uniqueArray(fc.tuple(name, tie("document")), { selector: ([key]) => key, maxLength: 4 }), blank)
        .map(
          ([members, space]): Written => [
            `{${members.map(([key, [compact]]) => `${key}:${compact}`).join(",")}}`,
            `{${members.map(([key, [, spaced]]) => `${space}${key}${space}:${space}${spaced}${space}`).join(",")}}`,
          ],
        ),
    }));
    fc.assert(
      fc.property(document, ([compact, spaced]) => {
        expect(writeJson(parseExactJson(spaced))).toBe(compact);
      }),
      { numRuns: process.env.CAUSEWAY_TEST_LENGTH === "long" ? 100_000 : 2_000 },
    );
  });

  it("is quick to read what looks like numbers everywhere", () => {
    // Nothing here is asserted on time: work that grows with the square of the length would not end.
    const many = 300_000;
    for (const part of ["1.1.", "1.0 ", "9", '\\"', ": 1.0,", '":']) {
      const json = JSON.stringify([part.repeat(many)]);
      expect(parseExactJson(json)).toEqual(JSON.parse(json));
    }
    expect(() => parseExactJson(`${"[1.0,".repeat(many)}`)).toThrow(SyntaxError);
  });
});

describe("numbers on their way through the reference model", () => {
  const quantity = (digits: string) => `{"_type":"DV_QUANTITY","units":"mm[Hg]","magnitude":${digits}}`;

  it.each([...KEPT, ...DOUBLES])("canonical JSON gives %s back", (digits) => {
    expect(writeJson(writeCanonicalJson(readCanonicalJson(parseExactJson(quantity(digits)))))).toBe(quantity(digits));
  });

  it("keeps the digits of numbers that come as texts", () => {
    const read = readCanonicalJson({ _type: "DV_QUANTITY", magnitude: "65.10", units: "kg" });
    expect(read.magnitude).toEqual(exactNumber("65.10"));
  });

  it("cuts off the fraction of whole numbers only", () => {
    const magnitudes = ["9007199254740993.7", "65.0", "-0.5", "1.5e3"].map(
      (digits) => readCanonicalJson(parseExactJson(`{"_type":"DV_COUNT","magnitude":${digits}}`)).magnitude,
    );
    expect(magnitudes.map(String)).toEqual(["9007199254740993", "65", "0", "1500"]);
  });

  it("refuses a number where a text belongs, with or without digits to keep", () => {
    for (const digits of ["65", "65.0"]) {
      expect(() => readCanonicalJson(parseExactJson(`{"_type":"DV_TEXT","value":${digits}}`))).toThrow(
        "must be a text",
      );
    }
  });
});
