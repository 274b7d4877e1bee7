import { attribute, constraint, object } from "../../template/small-template.js";
import { codedText } from "../small-validation-template.js";
import {
  type ConstraintKind,
  coded,
  codedBy,
  codePhrase,
  primitiveObject,
  symbols,
  terminology,
  text,
} from "./constraint-kind.js";

/** Constraints on codes, ordinals and states. Terms: at0010 "left", at0011 "right". */
export const CODES: readonly ConstraintKind[] = [
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
];
