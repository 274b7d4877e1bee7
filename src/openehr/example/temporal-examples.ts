import { durationOf } from "../rm/duration-text.js";
import { plusOffset } from "../rm/temporal-text.js";
import type { TemplateInput } from "../template/template.js";
import { durationConstraint } from "../validation/duration-constraint.js";
import { temporalDemands } from "../validation/temporal-constraint.js";
import type { ExampleChoices } from "./example-choices.js";

const DAYS_BACK = 365;
const SEPARATORS = ["", "-", "-", "T", ":", ":"];
const COMPONENTS = ["day", "hour", "minute", "second", "week", "month", "year"] as const;

/**
 * The text of a date, time or date-time with the parts that a pattern wants.
 * @param now local date and time, `2026-11-21T10:30:00`
 */
export function temporalExample(
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

/** The text of a duration that the inputs of a node allow; one hour where there are none. */
export function durationExample(inputs: readonly TemplateInput[], choices: ExampleChoices): string {
  const check = durationConstraint(inputs);
  const allowed = COMPONENTS.filter(
    (component) => inputs.length === 0 || inputs.some(({ suffix }) => suffix === component),
  );
  const amount = choices.extent === "random" ? choices.random.integer(0, 30) : 1;
  const atLeast = components(inputs, "min");
  const atMost = components(inputs, "max");
  const candidates = [
    ...allowed.map((component) => ({ [component]: amount })),
    ...allowed.map((component) => ({ ...atLeast, [component]: (atLeast[component] ?? 0) + 1 })),
    atLeast,
    atMost,
  ];
  const texts = candidates.map(durationText);
  return texts.find((text) => check === undefined || check(text).length === 0) ?? "PT0S";
}

type Components = Partial<Record<(typeof COMPONENTS)[number], number>>;

function components(inputs: readonly TemplateInput[], side: "min" | "max"): Components {
  const found: Components = {};
  for (const component of COMPONENTS) {
    const limit = inputs.find(({ suffix }) => suffix === component)?.validation?.range?.[side];
    if (typeof limit === "number") found[component] = limit;
  }
  return found;
}

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
