import { interval, primitive } from "../small-validation-template.js";
import { type ConstraintKind, value } from "./constraint-kind.js";

/** Constraints on dates, times and durations. */
export const TIMES: readonly ConstraintKind[] = [
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
];
