import { describe, expect, it } from "vitest";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { validateComposition } from "../../../src/openehr/validation/validate-composition.js";
import { constraint, object } from "../template/small-template.js";
import {
  codedText,
  compositionOfValue,
  interval,
  primitive,
  templateOfValue,
  VALUE,
} from "./small-validation-template.js";

function messages(values: string, value: RmObject): readonly string[] {
  const template = templateOfValue(values);
  const findings = validateComposition(compositionOfValue(template, value), template);
  for (const { path } of findings) expect(path).toBe(VALUE);
  return findings.map(({ message }) => message);
}

function coded(code: string, value: string, terminology = "local"): RmObject {
  const phrase: RmObject = {
    _type: "CODE_PHRASE",
    terminology_id: { _type: "TERMINOLOGY_ID", value: terminology },
    code_string: code,
  };
  return { _type: "DV_CODED_TEXT", value, defining_code: phrase };
}

function quantity(magnitude: number, units: string, precision?: number): RmObject {
  return { _type: "DV_QUANTITY", magnitude, units, ...(precision === undefined ? {} : { precision }) };
}

function text(value: string): RmObject {
  return { _type: "DV_TEXT", value };
}

const QUANTITY = constraint(
  "C_DV_QUANTITY",
  "DV_QUANTITY",
  "",
  `<list>${interval("magnitude", 0, 200, false)}${interval("precision", 0, 1)}<units>kg</units></list><list><units>g</units></list>`,
);
const ORDINAL = constraint(
  "C_DV_ORDINAL",
  "DV_ORDINAL",
  "",
  ["at0010", "at0011"]
    .map(
      (code, at) =>
        `<list><value>${at + 1}</value><symbol><value/><defining_code><terminology_id><value>local</value></terminology_id><code_string>${code}</code_string></defining_code></symbol></list>`,
    )
    .join(""),
);

describe("numbers", () => {
  it("says what a quantity must be, with thousands separated and decimals of the value", () => {
    const wide = constraint(
      "C_DV_QUANTITY",
      "DV_QUANTITY",
      "",
      `<list>${interval("magnitude", 0, 1000)}<units>kg</units></list>`,
    );
    expect(messages(wide, quantity(1000.5, "kg"))).toEqual(["The value 1000.5 must be at least 0 and at most 1,000"]);
    expect(messages(wide, quantity(-8, "kg"))).toEqual(["The value -8.0 must be at least 0 and at most 1,000"]);
    expect(messages(wide, quantity(1000, "kg"))).toEqual([]);
  });

  it("keeps to the ranges of the unit that is used", () => {
    expect(messages(QUANTITY, quantity(200, "kg"))).toEqual(["The value 200.0 must be at least 0 and less than 200"]);
    expect(messages(QUANTITY, quantity(200, "g"))).toEqual([]);
  });

  it("compares with bounds as they are written, not with single precision", () => {
    const narrow = constraint(
      "C_DV_QUANTITY",
      "DV_QUANTITY",
      "",
      `<list>${interval("magnitude", 0, 100.1)}<units>kg</units></list>`,
    );
    expect(messages(narrow, quantity(100.1, "kg"))).toEqual([]);
    expect(messages(narrow, quantity(100.11, "kg"))).toHaveLength(1);
  });

  it("lists the units that are allowed", () => {
    expect(messages(QUANTITY, quantity(1, "lb"))).toEqual(['The value "lb" must be one of:\n -\t"kg"\n -\t"g"']);
  });

  it("keeps to the precision of the unit, where a quantity has one", () => {
    expect(messages(QUANTITY, quantity(1, "kg", 2))).toEqual(["The value 2 must be at least 0 and at most 1"]);
    expect(messages(QUANTITY, quantity(1, "kg", -1))).toEqual([]);
  });

  it("takes listed counts and those of the range as alternatives", () => {
    const count = primitive("DV_COUNT", "magnitude", "C_INTEGER", `<list>0</list>${interval("range", 5, 7)}`);
    const expected = "must be equal to 0 or at least 5 and at most 7";
    expect(messages(count, { _type: "DV_COUNT", magnitude: 4 })).toEqual([`The value 4 ${expected}`]);
    for (const magnitude of [0, 5, 7]) expect(messages(count, { _type: "DV_COUNT", magnitude })).toEqual([]);
  });

  it("holds proportions to their kind and the bounds of their parts", () => {
    const proportion = object(
      "DV_PROPORTION",
      "",
      `<attributes xsi:type="C_SINGLE_ATTRIBUTE"><rm_attribute_name>type</rm_attribute_name><children xsi:type="C_PRIMITIVE_OBJECT"><rm_type_name>INTEGER</rm_type_name><item xsi:type="C_INTEGER"><list>2</list></item></children></attributes>`,
    );
    const value = { _type: "DV_PROPORTION", numerator: 5, denominator: 100, type: 2 };
    expect(messages(proportion, value)).toEqual([]);
    expect(messages(proportion, { ...value, denominator: 50, type: 0 })).toEqual([
      "The proportion must be of type percent but is ratio",
      "The value 50.0 must be equal to 100",
    ]);
  });

  it("ties the number of an ordinal to its symbol", () => {
    const ordinal = (code: string, value: number): RmObject => ({
      _type: "DV_ORDINAL",
      symbol: coded(code, code === "at0010" ? "left" : "right"),
      value,
    });
    expect(messages(ORDINAL, ordinal("at0011", 2))).toEqual([]);
    expect(messages(ORDINAL, ordinal("at0011", 3))).toEqual(["The value 3 must be 2"]);
    expect(messages(ORDINAL, ordinal("at0099", 3))).toEqual([
      "DV_CODED_TEXT/defining_code/code_string does not match any option. found: at0099",
    ]);
  });
});

describe("texts", () => {
  const list = (...entries: readonly string[]): string =>
    primitive(
      "DV_TEXT",
      "value",
      "C_STRING",
      entries.map((entry) => `<list>${entry.replaceAll("<", "&lt;")}</list>`).join(""),
    );

  it("wants one of the texts of a list", () => {
    expect(messages(list("a", "b"), text("c"))).toEqual(['The value "c" must be one of:\n -\t"a"\n -\t"b"']);
    expect(messages(list("a"), text("c"))).toEqual(['The value "c" must be "a"']);
    expect(messages(list("a", "b"), text("b"))).toEqual([]);
  });

  it.each(["true", "1"])("takes any text when the list is open: %s", (isOpen) => {
    const open = primitive("DV_TEXT", "value", "C_STRING", `<list>a</list><list_open>${isOpen}</list_open>`);
    expect(messages(open, text("c"))).toEqual([]);
  });

  it("reads entries between slashes as expressions for the whole text", () => {
    expect(messages(list("/[A-Z]{2}\\d+/"), text("AB12"))).toEqual([]);
    expect(messages(list("/[A-Z]{2}\\d+/"), text("xAB12"))).toEqual(['The value "xAB12" must be "/[A-Z]{2}\\d+/"']);
  });

  it("holds coded texts to the list as well", () => {
    expect(messages(list("left"), coded("1", "left"))).toEqual([]);
    expect(messages(list("left"), coded("1", "right"))).toHaveLength(1);
  });

  it("reads a pattern as an expression, with and without slashes", () => {
    for (const pattern of ["[A-Z]{2}\\d+", "/[A-Z]{2}\\d+/", "^[A-Z]{2}\\d+$"]) {
      const values = primitive("DV_TEXT", "value", "C_STRING", `<pattern>${pattern}</pattern>`);
      expect(messages(values, text("AB12"))).toEqual([]);
      expect(messages(values, text("AB"))).toEqual([`The value "AB" must be "${pattern}"`]);
    }
  });

  it.each(["/([/", "/(?<=a+)*/"])("lets everything pass where an expression cannot be tried: %s", (pattern) => {
    expect(messages(list(pattern), text("x"))).toEqual([]);
  });
});

describe("coded texts", () => {
  it("wants a code of the list", () => {
    expect(messages(codedText("at0010", "at0011"), coded("at0012", "left"))).toEqual([
      "DV_CODED_TEXT/defining_code/code_string does not match any option. found: at0012",
    ]);
  });

  it("wants the terminology of the list", () => {
    expect(messages(codedText("at0010"), coded("at0010", "left", "SNOMED-CT"))).toEqual([
      "DV_CODED_TEXT/defining_code/terminology_id does not match. expected: local; found: SNOMED-CT",
    ]);
  });

  it("wants the label that goes with the code", () => {
    expect(messages(codedText("at0010", "at0011"), coded("at0010", "right"))).toEqual([
      "DV_CODED_TEXT/value does not match. expected: left; found: right",
    ]);
  });

  it("refuses a plain text", () => {
    expect(messages(codedText("at0010"), text("left"))).toEqual(["Expected a DV_CODED_TEXT but got DV_TEXT"]);
  });

  it("takes any code where free text is allowed as well", () => {
    const either = `${codedText("at0010")}${object("DV_TEXT", "")}`;
    expect(messages(either, coded("99", "anything", "SNOMED-CT"))).toEqual([]);
    expect(messages(either, text("anything"))).toEqual([]);
  });

  it("wants the code system of a FHIR terminology", () => {
    const phrase = constraint(
      "C_CODE_REFERENCE",
      "CODE_PHRASE",
      "",
      "<referenceSetUri>terminology://fhir.hl7.org/CodeSystem?url=http://loinc.org</referenceSetUri>",
    );
    const reference = object(
      "DV_CODED_TEXT",
      "",
      `<attributes xsi:type="C_SINGLE_ATTRIBUTE"><rm_attribute_name>defining_code</rm_attribute_name>${phrase}</attributes>`,
    );
    expect(messages(reference, coded("1-8", "x", "http://loinc.org"))).toEqual([]);
    expect(messages(reference, coded("1-8", "x", "local"))).toEqual([
      "DV_CODED_TEXT/defining_code/terminology_id does not match. expected: http://loinc.org; found: local",
    ]);
  });
});

describe("dates, times, durations and booleans", () => {
  it.each([
    ["DV_DATE", "C_DATE", "yyyy-mm-??", ["2020-01", "2020-01-01"], ["2020"]],
    ["DV_DATE", "C_DATE", "yyyy-??-XX", ["2020", "2020-01"], ["2020-01-01"]],
    ["DV_TIME", "C_TIME", "HH:MM:??", ["10:00", "10:00:00", "10:00:00+01:00"], ["10"]],
    ["DV_DATE_TIME", "C_DATE_TIME", "yyyy-mm-ddTHH:MM:XX", ["2020-01-01T10:00"], ["2020-01-01", "2020-01-01T10:00:01"]],
    ["DV_DATE_TIME", "C_DATE_TIME", "yyyy-??-??T??:??:??", ["2020", "2020-01-01T10:00:00.5Z"], []],
  ])("%s with the %s pattern %s", (type, constraintType, pattern, kept, broken) => {
    const values = primitive(type, "value", constraintType, `<pattern>${pattern}</pattern>`);
    for (const value of kept) expect(messages(values, { _type: type, value })).toEqual([]);
    for (const value of broken) {
      expect(messages(values, { _type: type, value })).toEqual([`The value ${value} must match ${pattern}`]);
    }
  });

  it("compares durations by length", () => {
    const duration = primitive("DV_DURATION", "value", "C_DURATION", interval("range", "P2D", "P1Y", false));
    const found = (value: string): readonly string[] => messages(duration, { _type: "DV_DURATION", value });
    expect(found("P1D")).toEqual(["The value P1D must be >= P2D"]);
    expect(found("PT48H")).toEqual([]);
    expect(found("P12M")).toEqual([]);
    expect(found("P1Y")).toEqual(["The value P1Y must be < P1Y"]);
  });

  it.each([
    ["true", "false"],
    ["1", "0"],
  ])("wants the only boolean that is allowed, spelt %s", (yes, no) => {
    const boolean = primitive(
      "DV_BOOLEAN",
      "value",
      "C_BOOLEAN",
      `<true_valid>${yes}</true_valid><false_valid>${no}</false_valid>`,
    );
    expect(messages(boolean, { _type: "DV_BOOLEAN", value: false })).toEqual(["The value false must be true"]);
    expect(messages(boolean, { _type: "DV_BOOLEAN", value: true })).toEqual([]);
  });
});

describe("alternatives", () => {
  it("takes a value that one of several alternatives of its class allows", () => {
    const unit = (units: string): string =>
      constraint("C_DV_QUANTITY", "DV_QUANTITY", "", `<list><units>${units}</units></list>`);
    const either = `${unit("kg")}${unit("g")}`;
    expect(messages(either, quantity(1, "g"))).toEqual([]);
    expect(messages(either, quantity(1, "lb"))).toEqual(['The value "lb" must be "kg"']);
  });

  it("names the classes that are allowed", () => {
    const either = `${QUANTITY}${object("DV_TEXT", "")}`;
    expect(messages(either, { _type: "DV_BOOLEAN", value: true })).toEqual([
      "Expected a DV_QUANTITY or DV_TEXT but got DV_BOOLEAN",
    ]);
  });

  it("holds bounds of intervals to the class of the interval and to constraints of their own", () => {
    const intervals = object(
      "DV_INTERVAL&lt;DV_QUANTITY&gt;",
      "",
      `<attributes xsi:type="C_SINGLE_ATTRIBUTE"><rm_attribute_name>lower</rm_attribute_name>${QUANTITY}</attributes>`,
    );
    const value = (lower: RmObject): RmObject => ({ _type: "DV_INTERVAL", lower, upper: lower });
    expect(messages(intervals, value({ _type: "DV_COUNT", magnitude: 1 }))).toEqual([
      "Expected a DV_INTERVAL<DV_QUANTITY> but got DV_INTERVAL<DV_COUNT>",
    ]);
    const template = templateOfValue(intervals);
    const findings = validateComposition(compositionOfValue(template, value(quantity(300, "kg"))), template);
    expect(findings).toMatchObject([
      { path: `${VALUE}/lower`, message: "The value 300.0 must be at least 0 and less than 200" },
    ]);
  });

  it("takes every class where the template leaves the value open", () => {
    const open = templateOfValue("");
    for (const value of [quantity(1, "kg"), { _type: "DV_SCALE", value: 1.5, symbol: coded("a", "b") }]) {
      expect(validateComposition(compositionOfValue(open, value), open)).toEqual([]);
    }
  });
});
