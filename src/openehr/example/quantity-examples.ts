import { codedText } from "../building/coded-text.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import type { ExampleChoices } from "./example-choices.js";
import { allowsNumber, numberExample, numberInRange } from "./number-examples.js";

const PROPORTION_TYPES = ["ratio", "unitary", "percent", "fraction", "integer_fraction"];
const FIXED_DENOMINATORS: ReadonlyMap<string, number> = new Map([
  ["unitary", 1],
  ["percent", 100],
]);
const WHOLE_PROPORTIONS = new Set(["fraction", "integer_fraction"]);

/** A DV_QUANTITY in a unit of the template, magnitude and precision as the unit wants them. */
export function quantityExample(node: TemplateNode | undefined, choices: ExampleChoices, turn: number): RmObject {
  const magnitude = inputOf(node, "magnitude");
  const unit = choices.alternative(inputOf(node, "unit")?.list ?? [], turn);
  const { range, precision } = unit?.validation ?? magnitude?.validation ?? {};
  return {
    _type: "DV_QUANTITY",
    ...(precision === undefined ? {} : { precision: numberInRange(precision, true, choices.random) }),
    magnitude:
      range === undefined
        ? numberExample(magnitude, false, choices.random)
        : numberInRange(range, false, choices.random),
    units: unit?.value ?? "1",
  };
}

/** A DV_COUNT in the range or of the list of the template. */
export function countExample(node: TemplateNode | undefined, choices: ExampleChoices): RmObject {
  return { _type: "DV_COUNT", magnitude: numberExample(node?.inputs[0], true, choices.random) };
}

/** A DV_PROPORTION of a kind that the template allows, its parts as kind and template want them. */
export function proportionExample(node: TemplateNode | undefined, choices: ExampleChoices, turn: number): RmObject {
  const numerator = node?.primitives?.get("numerator")?.[0] ?? inputOf(node, "numerator");
  const denominator = node?.primitives?.get("denominator")?.[0] ?? inputOf(node, "denominator");
  const kinds = (node?.proportionTypes ?? PROPORTION_TYPES).filter((each) => goesWith(each, denominator));
  const kind = choices.alternative(kinds, turn) ?? "ratio";
  const [integral] = node?.primitives?.get("is_integral") ?? [];
  const isWhole = WHOLE_PROPORTIONS.has(kind) || integral?.list?.[0]?.value === "true";
  const fixed = FIXED_DENOMINATORS.get(kind);
  const divisor = fixed ?? numberExample(denominator, isWhole, choices.random);
  return {
    _type: "DV_PROPORTION",
    numerator: numberExample(numerator, isWhole, choices.random),
    denominator: divisor === 0 && allowsNumber(denominator, 1) ? 1 : divisor,
    type: PROPORTION_TYPES.indexOf(kind),
  };
}

/** Whether the template leaves the denominator that a kind of proportion wants. */
function goesWith(kind: string, denominator: TemplateInput | undefined): boolean {
  const fixed = FIXED_DENOMINATORS.get(kind);
  if (fixed !== undefined) return allowsNumber(denominator, fixed);
  const listed = denominator?.list ?? [];
  return (
    !WHOLE_PROPORTIONS.has(kind) || listed.length === 0 || listed.some(({ value }) => Number.isInteger(Number(value)))
  );
}

/** A DV_ORDINAL or DV_SCALE with a symbol of the template and its number. */
export function ordinalExample(
  type: "DV_ORDINAL" | "DV_SCALE",
  node: TemplateNode | undefined,
  choices: ExampleChoices,
  turn: number,
): RmObject {
  const entry = choices.alternative(node?.inputs.find(({ list }) => list !== undefined)?.list ?? [], turn);
  return {
    _type: type,
    symbol: codedText(
      entry?.terminology ?? "local",
      entry?.value ?? "at0001",
      entry?.label ?? entry?.value ?? "Example",
    ),
    value: entry?.ordinal ?? 1,
  };
}

function inputOf(node: TemplateNode | undefined, suffix: string): TemplateInput | undefined {
  return node?.inputs.find((input) => input.suffix === suffix);
}
