import { durationOf, normalDuration } from "../rm/duration-text.js";
import { plusOffset } from "../rm/temporal-text.js";
import { normalTemporal } from "../rm/temporal-types.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { durationConstraint, lettersOf } from "../validation/duration-constraint.js";
import { durationLetters } from "../validation/duration-seconds.js";
import { temporalConstraint, temporalDemands } from "../validation/temporal-constraint.js";
import { ExampleChoices } from "./example-choices.js";

const DAYS_BACK = 365;
const ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;
const PLAIN = new ExampleChoices("maximal", 0);
const SEPARATORS = ["", "-", "-", "T", ":", ":"];
const COMPONENTS = ["day", "hour", "minute", "second", "week", "month", "year"] as const;
const LETTERS = { day: "D", hour: "H", minute: "TM", second: "S", week: "W", month: "M", year: "Y" } as const;
/** Numbers to try where a range is narrow. */
const NUMBERS = [1, 2, 3, 5, 8, 12, 20, 30, 40, 60, 100, 200, 365, 500, 1000];

/**
 * The text of a date, time or date-time with the parts that a pattern wants, in a range where there is one.
 * @param now local date and time, `2026-11-21T10:30:00`
 */
export function temporalExample(
  type: "DV_DATE" | "DV_TIME" | "DV_DATE_TIME",
  constraint: TemplateInput | undefined,
  now: string,
  choices: ExampleChoices,
): string {
  const usual = momentText(type, constraint, now, choices);
  const check = temporalConstraint(constraint);
  if (check === undefined || check(usual).length === 0) return usual;
  const { min, max } = constraint?.validation?.range ?? {};
  const bounds = [min, max].flatMap((bound) => {
    const normal = typeof bound === "string" ? normalTemporal(type, bound.trim()) : undefined;
    return normal !== undefined && "text" in normal ? [normal.text] : [];
  });
  const moments = [
    usual,
    now,
    ...bounds,
    ...bounds.flatMap((bound) => [1, -1].map((days) => shifted(type, bound, days))),
  ];
  const texts = moments.flatMap((moment) => {
    const local = moment.replace(ZONE, "");
    const dated = type === "DV_TIME" && !local.includes("T") ? `${now.slice(0, 10)}T${local}` : local;
    const partial = momentText(type, constraint, dated, PLAIN);
    return [moment, local, `${local}Z`, partial, `${partial}Z`];
  });
  return texts.find((text) => "text" in (normalTemporal(type, text) ?? {}) && check(text).length === 0) ?? usual;
}

/** A day, or for times a minute, later or earlier. */
function shifted(type: string, bound: string, days: number): string {
  const none = { years: 0, months: 0, days: 0, seconds: 0 };
  if (type !== "DV_TIME") return plusOffset(bound, { ...none, days }).slice(0, type === "DV_DATE" ? 10 : undefined);
  return plusOffset(`2000-01-01T${bound}`, { ...none, seconds: days * 60 }).slice(11);
}

function momentText(
  type: "DV_DATE" | "DV_TIME" | "DV_DATE_TIME",
  input: TemplateInput | undefined,
  now: string,
  choices: ExampleChoices,
): string {
  const moment = choices.extent === "random" ? moved(now, choices) : now;
  const [date = "", time = "00:00:00"] = moment.split("T");
  const [hour = "00", minute = "00", second = "00"] = time.slice(0, 8).split(":");
  const fields = [...date.split("-").slice(0, 3), hour, minute, second];
  const first = type === "DV_TIME" ? 3 : 0;
  const demands = input === undefined ? [] : temporalDemands(input);
  const last = type === "DV_DATE" ? 3 : 6;
  let text = "";
  for (let at = first; at < last; at++) {
    const demand = demands[at - first] ?? "optional";
    // Nothing may follow what is left out.
    if (demand === "forbidden" || (demand === "optional" && isLeftOut(at - first, demands, choices))) break;
    text += `${at === first ? "" : SEPARATORS[at]}${fields[at]}`;
  }
  const isComplete = text.length === (type === "DV_TIME" ? 8 : 19);
  return isComplete && type !== "DV_DATE" && choices.includesExtra() ? `${text}.5+01:00` : text;
}

/** Parts at the end may be missing where no pattern asks for them or for what comes after. */
function isLeftOut(field: number, demands: readonly string[], choices: ExampleChoices): boolean {
  if (field === 0 || demands.slice(field).includes("mandatory")) return false;
  return choices.includesExtra();
}

function moved(now: string, { random }: ExampleChoices): string {
  const days = -random.integer(0, DAYS_BACK);
  return plusOffset(now.slice(0, 19), { years: 0, months: 0, days, seconds: random.integer(0, 86_399) });
}

/** The text of a duration that a template allows; one hour or day where it says nothing. */
export function durationExample(node: TemplateNode | undefined, choices: ExampleChoices): string {
  const [constraint] = node?.primitives?.get("value") ?? [];
  const { pattern, range } = constraint?.validation ?? {};
  const check = durationConstraint(constraint);
  const letters = pattern === undefined ? undefined : lettersOf(pattern);
  const allowed = COMPONENTS.filter((component) => letters?.has(LETTERS[component]) ?? true);
  const amount = choices.extent === "random" ? choices.random.integer(0, 30) : 1;
  const bounds = [range?.min, range?.max].filter((bound) => typeof bound === "string");
  const candidates = [
    ...allowed.map((component) => durationText({ [component]: amount })),
    ...bounds,
    ...bounds.flatMap((bound) =>
      allowed.flatMap((component) => [near(bound, component, 1), near(bound, component, -1)]),
    ),
    ...allowed.flatMap((component) => NUMBERS.map((number) => durationText({ [component]: number }))),
  ];
  const fitting = candidates.find((text) => check(text).length === 0);
  const normal = normalDuration(fitting ?? "PT0S");
  return "text" in normal ? normal.text : "PT0S";
}

/** A duration a little longer or shorter than another one. */
function near(bound: string, component: Component, difference: number): string {
  const letters = durationLetters(bound);
  const parts = COMPONENTS.map((each) => [each, letters?.get(LETTERS[each]) ?? 0] as const);
  return durationText(
    Object.fromEntries(parts.map(([each, number]) => [each, each === component ? number + difference : number])),
  );
}

type Component = (typeof COMPONENTS)[number];
type Components = Partial<Record<Component, number>>;

function durationText({ year, month, week, day, hour, minute, second }: Components): string {
  return durationOf({
    years: year,
    months: month,
    weeks: week,
    days: day,
    hours: hour,
    minutes: minute,
    seconds: second,
  });
}
