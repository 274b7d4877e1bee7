import type { TemplateInput } from "../template/template.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

type Demand = "mandatory" | "optional" | "forbidden";

const DATE_FIELDS = 3;
const DATE = /^\d{4}(-\d{2})?(-\d{2})?/;
const TIME = /^(\d{2})(:\d{2})?(:\d{2})?/;

/**
 * What the pattern of a C_DATE, C_TIME or C_DATE_TIME demands of a date or time in normal form (openehr-formats 2.2 and
 * 19.3): letters ask for a part, `??` leaves it open, `XX` forbids it. Undefined when there is no pattern.
 */
export function temporalConstraint(
  input: TemplateInput | undefined,
): ((text: string | undefined) => readonly ValueFinding[]) | undefined {
  const pattern = input?.validation?.pattern?.trim();
  if (input === undefined || pattern === undefined || pattern === "") return undefined;
  if (input.type !== "DATE" && input.type !== "TIME" && input.type !== "DATETIME") return undefined;
  const isTime = input.type === "TIME";
  const demands = demandsOf(pattern, isTime);
  return (text) => {
    if (text !== undefined && isSatisfied(presentFields(text, isTime), demands)) return NO_FINDINGS;
    return [
      {
        rule: "template-value",
        message: `The value ${text ?? "empty"} must match ${pattern}`,
        expected: pattern,
        ...(text === undefined ? {} : { found: text }),
      },
    ];
  };
}

/** Year, month, day, hour, minute, second, in this order. */
function demandsOf(pattern: string, isTime: boolean): readonly Demand[] {
  const at = pattern.search(/T/i);
  const date = isTime ? "" : at < 0 ? pattern : pattern.slice(0, at);
  const time = isTime ? pattern.replace(/^T/i, "") : at < 0 ? "" : pattern.slice(at + 1);
  return [...fieldDemands(date, "-"), ...fieldDemands(time, ":")];
}

function fieldDemands(pattern: string, separator: string): readonly Demand[] {
  const fields = pattern === "" ? [] : pattern.split(separator);
  return [0, 1, 2].map((index) => {
    const field = fields[index]?.slice(0, 2).toUpperCase();
    if (field === undefined || field === "??") return "optional";
    return field === "XX" ? "forbidden" : "mandatory";
  });
}

function presentFields(text: string, isTime: boolean): readonly boolean[] {
  const [date = "", time = ""] = isTime ? ["", text] : text.split("T");
  const [year, month, day] = DATE.exec(date) ?? [];
  const [, hour, minute, second] = TIME.exec(time) ?? [];
  return [year, month, day, hour, minute, second].map((field) => field !== undefined);
}

function isSatisfied(present: readonly boolean[], demands: readonly Demand[]): boolean {
  return demands.every((demand, field) => {
    if (demand === "optional") return true;
    return present[field] === (demand === "mandatory");
  });
}

/** What a pattern demands of the parts of a date or time, in order, for those who write values. */
export function temporalDemands(input: TemplateInput): readonly Demand[] {
  const pattern = input.validation?.pattern?.trim() ?? "";
  const demands = demandsOf(pattern, input.type === "TIME");
  return input.type === "TIME" ? demands.slice(DATE_FIELDS) : demands;
}
