import type { CalendarOffset } from "../rm/temporal-text.js";
import type { TemplateNode } from "../template/template.js";

/**
 * How much later than the origin the template wants an event at least: the sum of the minima of its `offset`
 * (openehr-formats 12.7). Undefined when the template says nothing or zero.
 */
export function minimumOffset(event: TemplateNode): CalendarOffset | undefined {
  const inputs = event.children.find(({ attribute }) => attribute === "offset")?.inputs ?? [];
  const least = (suffix: string): number => {
    const min = inputs.find((input) => input.suffix === suffix)?.validation?.range?.min;
    return typeof min === "number" ? min : Number(min ?? 0) || 0;
  };
  const offset: CalendarOffset = {
    years: least("year"),
    months: least("month"),
    days: least("week") * 7 + least("day"),
    seconds: least("hour") * 3600 + least("minute") * 60 + least("second"),
  };
  return Object.values(offset).some((part) => part !== 0) ? offset : undefined;
}
