import { attribute, object } from "../../template/small-template.js";
import { interval, primitive } from "../small-validation-template.js";
import {
  type ConstraintKind,
  count,
  counts,
  kg,
  percent,
  primitiveObject,
  QUANTITY,
  value,
} from "./constraint-kind.js";

/** Constraints on booleans, numbers, and quantities, proportions and intervals made of them. */
export const NUMBERS: readonly ConstraintKind[] = [
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
];
