import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { attribute, constraint, object } from "../template/small-template.js";
import { codedText, interval, primitive } from "./small-validation-template.js";

/** One kind of constraint on the value of an ELEMENT, with a value that keeps to it and one that does not. */
export interface ConstraintKind {
  readonly name: string;
  /** XML of the constraint objects under `value`. */
  readonly values: string;
  readonly kept: RmObject;
  readonly broken: RmObject;
  readonly rule: string;
  /** Where the finding is, below the value. */
  readonly below?: string;
}

export function phrase(code: string, terminology: string): RmObject {
  return { _type: "CODE_PHRASE", terminology_id: { _type: "TERMINOLOGY_ID", value: terminology }, code_string: code };
}

export function coded(code: string, value: string, terminology = "local"): RmObject {
  return { _type: "DV_CODED_TEXT", value, defining_code: phrase(code, terminology) };
}

function primitiveObject(type: string, item: string): string {
  return `<children xsi:type="C_PRIMITIVE_OBJECT"><rm_type_name>X</rm_type_name><item xsi:type="${type}">${item}</item></children>`;
}

function codePhrase(content: string, type = "C_CODE_PHRASE"): string {
  return constraint(type, "CODE_PHRASE", "", content);
}

function codedBy(content: string, type = "C_CODE_PHRASE"): string {
  return object("DV_CODED_TEXT", "", attribute("defining_code", codePhrase(content, type)));
}

function terminology(id: string, ...codes: readonly string[]): string {
  return `<terminology_id><value>${id}</value></terminology_id>${codes.map((code) => `<code_list>${code}</code_list>`).join("")}`;
}

function symbols(id: string, ...numbers: readonly (readonly [code: string, number: number])[]): string {
  return numbers
    .map(
      ([code, number]) =>
        `<list><value>${number}</value><symbol><value/><defining_code><terminology_id><value>${id}</value></terminology_id><code_string>${code}</code_string></defining_code></symbol></list>`,
    )
    .join("");
}

const kg = (magnitude: number, precision?: number): RmObject => ({
  _type: "DV_QUANTITY",
  magnitude,
  units: "kg",
  ...(precision === undefined ? {} : { precision }),
});
const QUANTITY = constraint(
  "C_DV_QUANTITY",
  "DV_QUANTITY",
  "",
  `<list>${interval("magnitude", 0.5, 200.5, false)}${interval("precision", 1, 2)}<units>kg</units></list><list><units>g</units></list>`,
);
const text = (value: string): RmObject => ({ _type: "DV_TEXT", value });
const value = (type: string, content: RmObject[string]): RmObject => ({ _type: type, value: content });
const png: RmObject = {
  _type: "DV_MULTIMEDIA",
  uri: value("DV_URI", "https://example.org/"),
  media_type: phrase("image/png", "IANA_media-types"),
  size: 10,
};
const percent: RmObject = { _type: "DV_PROPORTION", numerator: 5, denominator: 100, type: 2 };
const count = (magnitude: number): RmObject => ({ _type: "DV_COUNT", magnitude });
const counts = (lower: number, upper: number): RmObject => ({
  _type: "DV_INTERVAL",
  lower: count(lower),
  upper: count(upper),
  lower_unbounded: false,
  upper_unbounded: false,
  lower_included: true,
  upper_included: true,
});

/** Every kind of constraint on values that openehr-formats 2.2 and 19 name. Terms: at0010 "left", at0011 "right". */
export const CONSTRAINT_KINDS: readonly ConstraintKind[] = [
  {
    name: "C_BOOLEAN",
    values: primitive("DV_BOOLEAN", "value", "C_BOOLEAN", "<true_valid>0</true_valid><false_valid>1</false_valid>"),
    kept: value("DV_BOOLEAN", false),
    broken: value("DV_BOOLEAN", true),
    rule: "template-value",
  },
  {
    name: "C_INTEGER list",
    values: primitive("DV_COUNT", "magnitude", "C_INTEGER", "<list>3</list><list>5</list>"),
    kept: count(5),
    broken: count(4),
    rule: "template-value",
  },
  {
    name: "C_INTEGER range without its bounds",
    values: primitive(
      "DV_COUNT",
      "magnitude",
      "C_INTEGER",
      "<range><lower_included>0</lower_included><upper_included>0</upper_included><lower>3</lower><upper>5</upper></range>",
    ),
    kept: count(4),
    broken: count(5),
    rule: "template-value",
  },
  {
    name: "C_INTEGER range without end",
    values: primitive(
      "DV_COUNT",
      "magnitude",
      "C_INTEGER",
      "<range><lower>-3</lower><upper_unbounded>1</upper_unbounded></range>",
    ),
    kept: count(-3),
    broken: count(-4),
    rule: "template-value",
  },
  {
    name: "C_REAL range",
    values: object(
      "DV_PROPORTION",
      "",
      attribute("numerator", primitiveObject("C_REAL", interval("range", 0, 1.5))) +
        attribute("type", primitiveObject("C_INTEGER", "<list>0</list>")),
    ),
    kept: { _type: "DV_PROPORTION", numerator: 1.5, denominator: 7, type: 0 },
    broken: { _type: "DV_PROPORTION", numerator: 1.6, denominator: 7, type: 0 },
    rule: "template-value",
  },
  {
    name: "C_REAL list",
    values: object(
      "DV_PROPORTION",
      "",
      attribute("denominator", primitiveObject("C_REAL", "<list>2.5</list><list>10</list>")),
    ),
    kept: { _type: "DV_PROPORTION", numerator: 1, denominator: 2.5, type: 0 },
    broken: { _type: "DV_PROPORTION", numerator: 1, denominator: 3, type: 0 },
    rule: "template-value",
  },
  {
    name: "kinds of DV_PROPORTION",
    values: object(
      "DV_PROPORTION",
      "",
      attribute("type", primitiveObject("C_INTEGER", "<list>2</list><list>1</list>")),
    ),
    kept: percent,
    broken: { ...percent, type: 0 },
    rule: "template-proportion-type",
  },
  {
    name: "is_integral of DV_PROPORTION",
    values: object(
      "DV_PROPORTION",
      "",
      attribute(
        "is_integral",
        primitiveObject("C_BOOLEAN", "<true_valid>true</true_valid><false_valid>false</false_valid>"),
      ),
    ),
    kept: percent,
    broken: { ...percent, numerator: 5.5 },
    rule: "template-value",
    below: "/is_integral",
  },
  {
    name: "C_STRING list",
    values: primitive("DV_TEXT", "value", "C_STRING", "<list>a</list><list> b </list>"),
    kept: text(" b "),
    broken: text("b"),
    rule: "template-value",
  },
  {
    name: "C_STRING pattern",
    values: primitive("DV_TEXT", "value", "C_STRING", "<pattern>[A-Z]{2}(-\\d+)*[äö]?x+</pattern>"),
    kept: text("AB-12-3äxx"),
    broken: text("AB-"),
    rule: "template-value",
  },
  {
    name: "C_STRING list of expressions",
    values: primitive("DV_TEXT", "value", "C_STRING", "<list>/(?:mild|severe) pain/</list><list>none</list>"),
    kept: text("severe pain"),
    broken: text("pain"),
    rule: "template-value",
  },
  {
    name: "C_STRING on a DV_URI",
    values: primitive("DV_URI", "value", "C_STRING", "<pattern>https://example\\.org/\\d+</pattern>"),
    kept: value("DV_URI", "https://example.org/1"),
    broken: value("DV_URI", "https://example.org/x"),
    rule: "template-value",
  },
  {
    name: "C_DATE pattern",
    values: primitive("DV_DATE", "value", "C_DATE", "<pattern>yyyy-mm-XX</pattern>"),
    kept: value("DV_DATE", "2020-01"),
    broken: value("DV_DATE", "2020-01-01"),
    rule: "template-value",
  },
  {
    name: "C_DATE range",
    values: primitive(
      "DV_DATE",
      "value",
      "C_DATE",
      `<pattern>yyyy-mm-dd</pattern>${interval("range", "2000-01-01", "2010-12-31")}`,
    ),
    kept: value("DV_DATE", "2010-12-31"),
    broken: value("DV_DATE", "2011-01-01"),
    rule: "template-value",
  },
  {
    name: "C_TIME pattern and range",
    values: primitive(
      "DV_TIME",
      "value",
      "C_TIME",
      `<pattern>HH:MM:??</pattern>${interval("range", "08:00:00", "12:00:00", false)}`,
    ),
    kept: value("DV_TIME", "11:59"),
    broken: value("DV_TIME", "12:00"),
    rule: "template-value",
  },
  {
    name: "C_DATE_TIME with a time zone",
    values: primitive("DV_DATE_TIME", "value", "C_DATE_TIME", "<timezone_validity>1001</timezone_validity>"),
    kept: value("DV_DATE_TIME", "2020-01-01T10:00:00+01:00"),
    broken: value("DV_DATE_TIME", "2020-01-01T10:00:00"),
    rule: "template-value",
  },
  {
    name: "C_DATE_TIME without a time zone",
    values: primitive(
      "DV_DATE_TIME",
      "value",
      "C_DATE_TIME",
      "<pattern>yyyy-mm-ddTHH:MM:SS</pattern><timezone_validity>1003</timezone_validity>",
    ),
    kept: value("DV_DATE_TIME", "2020-01-01T10:00:00"),
    broken: value("DV_DATE_TIME", "2020-01-01T10:00:00Z"),
    rule: "template-value",
  },
  {
    name: "C_DURATION pattern",
    values: primitive("DV_DURATION", "value", "C_DURATION", "<pattern>PTHMS</pattern>"),
    kept: value("DV_DURATION", "PT90M"),
    broken: value("DV_DURATION", "P1D"),
    rule: "template-value",
  },
  {
    name: "C_DURATION of weeks",
    values: primitive("DV_DURATION", "value", "C_DURATION", "<pattern>PW</pattern>"),
    kept: value("DV_DURATION", "P14D"),
    broken: value("DV_DURATION", "P15D"),
    rule: "template-value",
  },
  {
    name: "C_DURATION range of a part that inputs do not show",
    values: primitive(
      "DV_DURATION",
      "value",
      "C_DURATION",
      `<pattern>PTHM</pattern>${interval("range", "PT15M", "PT45M")}`,
    ),
    kept: value("DV_DURATION", "PT45M"),
    broken: value("DV_DURATION", "PT46M"),
    rule: "template-value",
  },
  {
    name: "C_DV_QUANTITY magnitude",
    values: QUANTITY,
    kept: kg(200.4, 1),
    broken: kg(200.5, 1),
    rule: "template-value",
  },
  {
    name: "C_DV_QUANTITY magnitude that is no number",
    values: QUANTITY,
    kept: kg(0.5),
    broken: kg(Number.NaN),
    rule: "template-value",
  },
  { name: "C_DV_QUANTITY precision", values: QUANTITY, kept: kg(1, 2), broken: kg(1, 0), rule: "template-precision" },
  {
    name: "C_DV_QUANTITY units",
    values: QUANTITY,
    kept: { _type: "DV_QUANTITY", magnitude: 1, units: "g" },
    broken: { _type: "DV_QUANTITY", magnitude: 1, units: "mg" },
    rule: "template-unit",
  },
  {
    name: "DV_QUANTITY by its attributes",
    values: object(
      "DV_QUANTITY",
      "",
      attribute("units", primitiveObject("C_STRING", "<list>mm</list>")) +
        attribute("magnitude", primitiveObject("C_REAL", interval("range", 1, 5))),
    ),
    kept: { _type: "DV_QUANTITY", magnitude: 5, units: "mm" },
    broken: { _type: "DV_QUANTITY", magnitude: 5, units: "cm" },
    rule: "template-value",
    below: "/units",
  },
  {
    name: "C_DV_ORDINAL number",
    values: constraint("C_DV_ORDINAL", "DV_ORDINAL", "", symbols("local", ["at0010", 0], ["at0011", -1])),
    kept: { _type: "DV_ORDINAL", value: -1, symbol: coded("at0011", "right") },
    broken: { _type: "DV_ORDINAL", value: 1, symbol: coded("at0011", "right") },
    rule: "template-ordinal",
  },
  {
    name: "C_DV_ORDINAL symbol of another terminology",
    values: constraint("C_DV_ORDINAL", "DV_ORDINAL", "", symbols("LOINC", ["at0010", 0])),
    kept: { _type: "DV_ORDINAL", value: 0, symbol: coded("at0010", "left", "LOINC") },
    broken: { _type: "DV_ORDINAL", value: 0, symbol: coded("at0010", "left") },
    rule: "template-terminology",
  },
  {
    name: "C_DV_SCALE",
    values: constraint("C_DV_SCALE", "DV_SCALE", "", symbols("local", ["at0010", 0.5], ["at0011", 1.5])),
    kept: { _type: "DV_SCALE", value: 1.5, symbol: coded("at0011", "right") },
    broken: { _type: "DV_SCALE", value: 1.5, symbol: coded("at0012", "right") },
    rule: "template-code",
  },
  {
    name: "C_DV_STATE",
    values: constraint(
      "C_DV_STATE",
      "DV_STATE",
      "",
      `<value><states xsi:type="NON_TERMINAL_STATE"><name>planned</name></states><states xsi:type="TERMINAL_STATE"><name>done</name></states></value>`,
    ),
    kept: { _type: "DV_STATE", value: coded("done", "done"), is_terminal: true },
    broken: { _type: "DV_STATE", value: coded("gone", "gone"), is_terminal: true },
    rule: "template-value",
  },
  {
    name: "C_CODE_PHRASE code",
    values: codedText("at0010", "at0011"),
    kept: coded("at0010", "left"),
    broken: coded("at0012", "left"),
    rule: "template-code",
  },
  {
    name: "C_CODE_PHRASE label",
    values: codedText("at0010", "at0011"),
    kept: coded("at0010", "left"),
    broken: coded("at0010", "right"),
    rule: "template-label",
  },
  {
    name: "C_CODE_PHRASE terminology",
    values: codedText("at0010", "at0011"),
    kept: coded("at0010", "left"),
    broken: coded("at0010", "left", "LOINC"),
    rule: "template-terminology",
  },
  {
    name: "C_CODE_PHRASE codes without terms",
    values: codedBy(terminology("LOINC", "1-8", "2-6")),
    kept: coded("2-6", "anything", "LOINC"),
    broken: coded("3-4", "anything", "LOINC"),
    rule: "template-code",
  },
  {
    name: "C_CODE_PHRASE codes of which some have terms",
    values: codedBy(terminology("LOINC", "at0010", "2-6")),
    kept: coded("2-6", "anything", "LOINC(2.80)"),
    broken: coded("3-4", "anything", "LOINC"),
    rule: "template-code",
  },
  {
    name: "C_CODE_PHRASE any code of a terminology",
    values: codedBy(terminology("LOINC")),
    kept: coded("2-6", "anything", "LOINC"),
    broken: coded("2-6", "anything", "SNOMED-CT"),
    rule: "template-terminology",
  },
  {
    name: "C_CODE_REFERENCE",
    values: codedBy(
      "<referenceSetUri>terminology://fhir.hl7.org/CodeSystem?url=http://loinc.org</referenceSetUri>",
      "C_CODE_REFERENCE",
    ),
    kept: coded("2-6", "anything", "http://loinc.org"),
    broken: coded("2-6", "anything", "LOINC"),
    rule: "template-terminology",
  },
  {
    name: "CONSTRAINT_REF",
    values: object(
      "DV_CODED_TEXT",
      "",
      attribute("defining_code", constraint("CONSTRAINT_REF", "CODE_PHRASE", "", "<reference>ac0001</reference>")),
    ),
    kept: coded("2-6", "anything", "LOINC"),
    broken: text("anything"),
    rule: "template-type",
  },
  {
    name: "DV_CODED_TEXT by its text",
    values: object(
      "DV_CODED_TEXT",
      "",
      attribute("value", primitiveObject("C_STRING", "<list>left</list>")) +
        attribute("defining_code", codePhrase(terminology("local", "at0010"))),
    ),
    kept: coded("at0010", "left"),
    broken: { ...coded("at0010", "left"), value: "Left" },
    rule: "template-label",
  },
  {
    name: "media type of DV_MULTIMEDIA",
    values: object(
      "DV_MULTIMEDIA",
      "",
      attribute("media_type", codePhrase(terminology("IANA_media-types", "image/png", "image/gif"))),
    ),
    kept: png,
    broken: { ...png, media_type: phrase("text/plain", "IANA_media-types") },
    rule: "template-code",
    below: "/media_type",
  },
  {
    name: "formalism of DV_PARSABLE",
    values: object("DV_PARSABLE", "", attribute("formalism", primitiveObject("C_STRING", "<list>text/xml</list>"))),
    kept: { _type: "DV_PARSABLE", value: "<a/>", formalism: "text/xml" },
    broken: { _type: "DV_PARSABLE", value: "<a/>", formalism: "XML" },
    rule: "template-value",
    below: "/formalism",
  },
  {
    name: "type of DV_IDENTIFIER",
    values: object("DV_IDENTIFIER", "", attribute("type", primitiveObject("C_STRING", "<pattern>[A-Z]{3}</pattern>"))),
    kept: { _type: "DV_IDENTIFIER", id: "1", type: "PID" },
    broken: { _type: "DV_IDENTIFIER", id: "1", type: "pid" },
    rule: "template-value",
    below: "/type",
  },
  {
    name: "bounds of DV_INTERVAL",
    values: object(
      "DV_INTERVAL&lt;DV_COUNT&gt;",
      "",
      attribute("upper", primitive("DV_COUNT", "magnitude", "C_INTEGER", interval("range", 0, 9))),
    ),
    kept: counts(0, 9),
    broken: counts(0, 10),
    rule: "template-value",
    below: "/upper",
  },
  {
    name: "class of the bounds of DV_INTERVAL",
    values: object("DV_INTERVAL&lt;DV_QUANTITY&gt;", ""),
    kept: { ...counts(0, 9), lower: kg(1), upper: kg(2) },
    broken: counts(0, 9),
    rule: "template-type",
  },
  {
    name: "alternatives",
    values: `${QUANTITY}${primitive("DV_TEXT", "value", "C_STRING", "<list>heavy</list>")}`,
    kept: text("heavy"),
    broken: text("light"),
    rule: "template-value",
  },
  {
    name: "alternatives of one class",
    values: ["a", "b"]
      .map((formalism) =>
        object("DV_PARSABLE", "", attribute("formalism", primitiveObject("C_STRING", `<list>${formalism}</list>`))),
      )
      .join(""),
    kept: { _type: "DV_PARSABLE", value: "x", formalism: "b" },
    broken: { _type: "DV_PARSABLE", value: "x", formalism: "c" },
    rule: "template-value",
    below: "/formalism",
  },
];
