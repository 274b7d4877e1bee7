import type { TemplateInput, TemplateRange } from "../template/template.js";
import { isWithin, numberConstraint } from "../validation/number-constraint.js";
import type { RandomSource } from "./random-source.js";

/** Numbers for where a template does not bound them. */
const USUAL_LEAST = 1;
const USUAL_MOST = 100;
const DECIMALS = 10;

/** A number that an input allows: of its list, else of its range, whole if it has to be. */
export function numberExample(input: TemplateInput | undefined, isWhole: boolean, random: RandomSource): number {
  const listed = random.pick((input?.list ?? []).filter(({ value }) => !isWhole || Number.isInteger(Number(value))));
  if (listed !== undefined) return Number(listed.value);
  return numberInRange(input?.validation?.range, isWhole, random);
}

/** A number in a range; for a range without numbers its lower bound. */
export function numberInRange(range: TemplateRange | undefined, isWhole: boolean, random: RandomSource): number {
  const { least, most } = boundsOf(range);
  const candidates = [
    isWhole
      ? random.integer(Math.ceil(least), Math.floor(most))
      : Math.round(between(least, most, random) * DECIMALS) / DECIMALS,
    Math.ceil(least),
    Math.floor(most),
    least,
    (least + most) / 2,
  ];
  const allowed = candidates.find((each) => (!isWhole || Number.isInteger(each)) && isWithin(each, range ?? {}));
  return allowed ?? least;
}

function boundsOf(range: TemplateRange | undefined): { readonly least: number; readonly most: number } {
  const min = typeof range?.min === "number" ? range.min : undefined;
  const max = typeof range?.max === "number" ? range.max : undefined;
  if (min !== undefined && max !== undefined) return { least: min, most: max };
  if (min !== undefined) return { least: min, most: min + USUAL_MOST };
  if (max !== undefined) return { least: max - USUAL_MOST, most: max };
  return { least: USUAL_LEAST, most: USUAL_MOST };
}

function between(least: number, most: number, random: RandomSource): number {
  return least + random.next() * (most - least);
}

/** Whether an input allows a number. */
export function allowsNumber(input: TemplateInput | undefined, value: number): boolean {
  return (numberConstraint(input)?.(value) ?? []).length === 0;
}
