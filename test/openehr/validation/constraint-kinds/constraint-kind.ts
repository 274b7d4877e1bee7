import type { RmObject } from "../../../../src/openehr/rm/rm-object.js";
import { attribute, constraint, object } from "../../template/small-template.js";
import { interval } from "../small-validation-template.js";

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

export function primitiveObject(type: string, item: string): string {
  return `<children xsi:type="C_PRIMITIVE_OBJECT"><rm_type_name>X</rm_type_name><item xsi:type="${type}">${item}</item></children>`;
}

export function codePhrase(content: string, type = "C_CODE_PHRASE"): string {
  return constraint(type, "CODE_PHRASE", "", content);
}

export function codedBy(content: string, type = "C_CODE_PHRASE"): string {
  return object("DV_CODED_TEXT", "", attribute("defining_code", codePhrase(content, type)));
}

export function terminology(id: string, ...codes: readonly string[]): string {
  return `<terminology_id><value>${id}</value></terminology_id>${codes.map((code) => `<code_list>${code}</code_list>`).join("")}`;
}

export function symbols(id: string, ...numbers: readonly (readonly [code: string, number: number])[]): string {
  return numbers
    .map(
      ([code, number]) =>
        `<list><value>${number}</value><symbol><value/><defining_code><terminology_id><value>${id}</value></terminology_id><code_string>${code}</code_string></defining_code></symbol></list>`,
    )
    .join("");
}

export const kg = (magnitude: number, precision?: number): RmObject => ({
  _type: "DV_QUANTITY",
  magnitude,
  units: "kg",
  ...(precision === undefined ? {} : { precision }),
});

export const QUANTITY = constraint(
  "C_DV_QUANTITY",
  "DV_QUANTITY",
  "",
  `<list>${interval("magnitude", 0.5, 200.5, false)}${interval("precision", 1, 2)}<units>kg</units></list><list><units>g</units></list>`,
);

export const text = (value: string): RmObject => ({ _type: "DV_TEXT", value });

export const value = (type: string, content: RmObject[string]): RmObject => ({ _type: type, value: content });

export const png: RmObject = {
  _type: "DV_MULTIMEDIA",
  uri: value("DV_URI", "https://example.org/"),
  media_type: phrase("image/png", "IANA_media-types"),
  size: 10,
};

export const percent: RmObject = { _type: "DV_PROPORTION", numerator: 5, denominator: 100, type: 2 };

export const count = (magnitude: number): RmObject => ({ _type: "DV_COUNT", magnitude });

export const counts = (lower: number, upper: number): RmObject => ({
  _type: "DV_INTERVAL",
  lower: count(lower),
  upper: count(upper),
  lower_unbounded: false,
  upper_unbounded: false,
  lower_included: true,
  upper_included: true,
});
