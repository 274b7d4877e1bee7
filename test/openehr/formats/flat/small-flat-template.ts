import { parseOperationalTemplate } from "../../../../src/openehr/template/parse-operational-template.js";
import type { Template } from "../../../../src/openehr/template/template.js";
import { attribute, constraint, object, occurrences, smallTemplate } from "../../template/small-template.js";

function element(nodeId: string, ...values: readonly string[]): string {
  return object("ELEMENT", nodeId, attribute("value", values.join("")), occurrences("0", "*"));
}

const codedText = object(
  "DV_CODED_TEXT",
  "",
  attribute(
    "defining_code",
    constraint(
      "C_CODE_PHRASE",
      "CODE_PHRASE",
      "",
      "<terminology_id><value>local</value></terminology_id><code_list>at0010</code_list><code_list>at0011</code_list>",
    ),
  ),
);

const quantity = constraint("C_DV_QUANTITY", "DV_QUANTITY", "", "<list><units>kg</units></list>");

const ordinal = constraint(
  "C_DV_ORDINAL",
  "DV_ORDINAL",
  "",
  ["at0012", "at0013"]
    .map(
      (code, index) =>
        `<list><value>${index + 1}</value><symbol><value/><defining_code><terminology_id><value>local</value></terminology_id><code_string>${code}</code_string></defining_code></symbol></list>`,
    )
    .join(""),
);

/**
 * A template for tests of single rules: `report/finding/…` with `weight` (quantity, kg), `site` (list of left and right),
 * `degree` (ordinal), `note` (text), `remark` (coded text or text), `choice` (quantity or text), `moment` (date-time), all
 * repeatable.
 */
export function smallFlatTemplate(): Template {
  const items = [
    element("at0002", quantity),
    element("at0003", codedText),
    element("at0004", ordinal),
    element("at0005", object("DV_TEXT", "")),
    element("at0006", codedText, object("DV_TEXT", "")),
    element("at0007", quantity, object("DV_TEXT", "")),
    element("at0008", object("DV_DATE_TIME", "")),
  ];
  return parseOperationalTemplate(
    smallTemplate({
      items: items.join(""),
      terms: {
        at0002: "Weight",
        at0003: "Site",
        at0004: "Degree",
        at0005: "Note",
        at0006: "Remark",
        at0007: "Choice",
        at0008: "Moment",
        at0010: "left",
        at0011: "right",
        at0012: "mild",
        at0013: "severe",
      },
    }),
  );
}
