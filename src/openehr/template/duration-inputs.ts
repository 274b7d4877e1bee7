import type { TemplateInput, TemplateRange } from "./template.js";

const COMPONENTS = ["year", "month", "day", "week", "hour", "minute", "second"] as const;
type Component = (typeof COMPONENTS)[number];

const DURATION =
  /^P(?:(?<year>\d+)Y)?(?:(?<month>\d+)M)?(?:(?<week>\d+)W)?(?:(?<day>\d+)D)?(?:T(?:(?<hour>\d+)H)?(?:(?<minute>\d+)M)?(?:(?<second>\d+(?:\.\d+)?)S)?)?$/;

/**
 * The inputs of a DV_DURATION, one per component its pattern allows (openehr-formats 4.7). The range of the
 * C_DURATION is split into components; each of them is at least 0.
 * @param constraint input of the attribute `value`, when the template constrains it
 * @param defaultValue ISO 8601 duration; components it does not name default to 0
 */
export function durationInputs(
  constraint: TemplateInput | undefined,
  defaultValue: string | undefined,
): readonly TemplateInput[] {
  const pattern = constraint?.validation?.pattern;
  const range = constraint?.validation?.range;
  const min = splitDuration(range?.min);
  const max = splitDuration(range?.max);
  const defaults = splitDuration(defaultValue);
  return COMPONENTS.filter((component) => allows(pattern, component)).map((component) => ({
    suffix: component,
    type: "INTEGER",
    validation: { range: componentRange(range, min?.get(component), max?.get(component)) },
    ...(defaults === undefined ? {} : { defaultValue: String(defaults.get(component) ?? 0) }),
  }));
}

function componentRange(
  range: TemplateRange | undefined,
  min: number | undefined,
  max: number | undefined,
): TemplateRange {
  return {
    min: min ?? 0,
    minOp: min === undefined ? ">=" : (range?.minOp ?? ">="),
    ...(max === undefined ? {} : { max, maxOp: range?.maxOp ?? "<=" }),
  };
}

/** As in the reference: minutes only count after the first D, months up to and including T. */
function allows(pattern: string | undefined, component: Component): boolean {
  if (pattern === undefined) return true;
  switch (component) {
    case "year":
      return pattern.includes("Y");
    case "month":
      return pattern.slice(0, pattern.includes("T") ? pattern.indexOf("T") + 1 : undefined).includes("M");
    case "day":
      return pattern.includes("D");
    case "week":
      return pattern.includes("W");
    case "hour":
      return pattern.includes("H");
    case "minute":
      return pattern.includes("D") && pattern.slice(pattern.indexOf("D")).includes("M");
    case "second":
      return pattern.includes("S");
    default:
      return component satisfies never;
  }
}

function splitDuration(text: number | string | undefined): ReadonlyMap<Component, number> | undefined {
  const parts = typeof text === "string" ? DURATION.exec(text.trim())?.groups : undefined;
  if (parts === undefined) return undefined;
  const components = new Map<Component, number>();
  for (const component of COMPONENTS) {
    const part = parts[component];
    if (part !== undefined) components.set(component, Number(part));
  }
  return components;
}
