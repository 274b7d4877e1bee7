import type { RmObject } from "../rm/rm-object.js";
import { normalTemporal } from "../rm/temporal-types.js";
import type { TemplateInput } from "../template/template.js";
import { compareOrdered } from "./ordered-value.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

type Demand = "mandatory" | "optional" | "forbidden";

const DATE_FIELDS = 3;
const DATE = /^\d{4}(-\d{2})?(-\d{2})?/;
const TIME = /^(\d{2})(:\d{2})?(:\d{2})?/;

const ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;
const CLASSES = { DATE: "DV_DATE", TIME: "DV_TIME", DATETIME: "DV_DATE_TIME" } as const;

type TemporalCheck = (text: string) => ValueFinding | undefined;

/**
 * What a C_DATE, C_TIME or C_DATE_TIME demands of a date or time in normal form (openehr-formats 2.2 and 19.3): the parts of
 * its pattern, where letters ask for a part, `??` leaves it open and `XX` forbids it, an offset from UTC or none, and a value in its range. Undefined
 * when it demands nothing.
 */
export function temporalConstraint(
  input: TemplateInput | undefined,
): ((text: string | undefined) => readonly ValueFinding[]) | undefined {
  if (input?.type !== "DATE" && input?.type !== "TIME" && input?.type !== "DATETIME") return undefined;
  const checks = [patternCheck(input), zoneCheck(input), ...rangeChecks(input, CLASSES[input.type])].filter(
    (check) => check !== undefined,
  );
  if (checks.length === 0) return undefined;
  return (text) => {
    for (const check of checks) {
      const found = check(text ?? "");
      if (found !== undefined) return [found];
    }
    return NO_FINDINGS;
  };
}

function patternCheck({ type, validation }: TemplateInput): TemporalCheck | undefined {
  const pattern = validation?.pattern?.trim();
  if (pattern === undefined || pattern === "") return undefined;
  const demands = demandsOf(pattern, type === "TIME");
  return (text) =>
    isSatisfied(presentFields(text, type === "TIME"), demands) ? undefined : wrong(text, `match ${pattern}`, pattern);
}

function zoneCheck({ type, validation }: TemplateInput): TemporalCheck | undefined {
  const zone = validation?.timezone;
  if (zone === undefined || type === "DATE") return undefined;
  return (text) => {
    // A date without time has no zone either.
    if ((type === "DATETIME" && !text.includes("T")) || ZONE.test(text) === (zone === "mandatory")) return undefined;
    return wrong(text, zone === "mandatory" ? "have a time zone" : "have no time zone", `time zone ${zone}`);
  };
}

function rangeChecks({ validation }: TemplateInput, rmType: string): readonly TemporalCheck[] {
  const { min, minOp = ">=", max, maxOp = "<=" } = validation?.range ?? {};
  const sides = [
    { bound: min, operator: minOp, isOn: (compared: number) => (minOp === ">" ? compared > 0 : compared >= 0) },
    { bound: max, operator: maxOp, isOn: (compared: number) => (maxOp === "<" ? compared < 0 : compared <= 0) },
  ];
  return sides.flatMap(({ bound, operator, isOn }): readonly TemporalCheck[] => {
    const normal = typeof bound === "string" ? normalTemporal(rmType, bound.trim()) : undefined;
    if (normal === undefined || "reason" in normal) return [];
    const limit: RmObject = { _type: rmType, value: normal.text };
    return [
      (text) => {
        const compared = compareOrdered({ _type: rmType, value: text }, limit);
        if (compared === undefined || isOn(compared)) return undefined;
        return wrong(text, `be ${operator} ${normal.text}`, `${operator} ${normal.text}`);
      },
    ];
  });
}

function wrong(text: string, demand: string, expected: string): ValueFinding {
  const message = `The value ${text || "empty"} must ${demand}`;
  return { rule: "template-value", message, expected, ...(text === "" ? {} : { found: text }) };
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
