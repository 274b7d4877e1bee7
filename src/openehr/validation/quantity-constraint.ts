import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../template/template.js";
import { codedTextConstraint } from "./coded-text-constraint.js";
import { numberConstraint, rangesConstraint } from "./number-constraint.js";
import { numberMember, objectMember, textMember } from "./object-place.js";
import { notOneOf } from "./text-constraint.js";
import { NO_FINDINGS, type ValueCheck, type ValueFinding } from "./value-finding.js";

const PROPORTION_TYPES = ["ratio", "unitary", "percent", "fraction", "integer_fraction"];

/**
 * What a C_DV_QUANTITY demands (openehr-formats 19.2): a unit of its list, magnitude and precision in the ranges of that unit.
 * With one unit the reference reports its range twice, this once.
 */
export function quantityConstraint(inputs: readonly TemplateInput[]): ValueCheck | undefined {
  const units = new Map((inputs.find(({ suffix }) => suffix === "unit")?.list ?? []).map((each) => [each.value, each]));
  if (units.size === 0) {
    const magnitude = numberConstraint(inputs.find(({ suffix }) => suffix === "magnitude"));
    return magnitude === undefined ? undefined : (value) => magnitude(numberMember(value, "magnitude"));
  }
  const checks = new Map(
    [...units].map(([unit, { validation }]) => {
      const { range, precision } = validation ?? {};
      return [
        unit,
        {
          magnitude: range === undefined ? undefined : rangesConstraint([range], true),
          precision: precision === undefined ? undefined : rangesConstraint([precision], false),
        },
      ] as const;
    }),
  );
  return (value) => {
    const unit = textMember(value, "units");
    const check = unit === undefined ? undefined : checks.get(unit);
    if (check === undefined) return [{ ...notOneOf(unit, [...units.keys()]), rule: "template-unit" }];
    const precision = numberMember(value, "precision");
    const found: ValueFinding[] = [...(check.magnitude?.(numberMember(value, "magnitude")) ?? NO_FINDINGS)];
    // A quantity without precision, which -1 stands for as well, does not limit its decimals.
    if (precision !== undefined && precision >= 0) {
      for (const finding of check.precision?.(precision) ?? NO_FINDINGS) {
        found.push({ ...finding, rule: "template-precision" });
      }
    }
    return found;
  };
}

/** What a template demands of a DV_PROPORTION: kind, numerator and denominator. */
export function proportionConstraint({ inputs, proportionTypes }: TemplateNode): ValueCheck | undefined {
  const parts = (["numerator", "denominator"] as const).flatMap((part) => {
    const check = numberConstraint(inputs.find(({ suffix }) => suffix === part));
    return check === undefined ? [] : [{ part, check }];
  });
  const types = new Set((proportionTypes ?? PROPORTION_TYPES).map((type) => PROPORTION_TYPES.indexOf(type)));
  const expected = (proportionTypes ?? PROPORTION_TYPES).join(", ");
  return (value) => {
    const found: ValueFinding[] = [];
    const type = numberMember(value, "type");
    if (type !== undefined && !types.has(type)) {
      const name = PROPORTION_TYPES[type] ?? String(type);
      const message = `The proportion must be of type ${expected} but is ${name}`;
      found.push({ rule: "template-proportion-type", message, expected, found: name });
    }
    for (const { part, check } of parts) found.push(...check(numberMember(value, part)));
    return found;
  };
}

/** What a C_DV_ORDINAL or C_DV_SCALE demands: a symbol of its list with the number that goes with it. */
export function ordinalConstraint(inputs: readonly TemplateInput[]): ValueCheck | undefined {
  const input = inputs.find(({ list }) => list !== undefined && list.length > 0);
  const symbols = codedTextConstraint(inputs);
  if (input === undefined || symbols === undefined) return undefined;
  const ordinals = new Map((input.list ?? []).map(({ value, ordinal }) => [value, ordinal]));
  return (value) => {
    const symbol = objectMember(value, "symbol");
    if (symbol === undefined) return NO_FINDINGS;
    return [...symbols(symbol), ...ordinalFinding(value, symbol, ordinals)];
  };
}

function ordinalFinding(
  value: RmObject,
  symbol: RmObject,
  ordinals: ReadonlyMap<string, number | undefined>,
): readonly ValueFinding[] {
  const code = textMember(objectMember(symbol, "defining_code"), "code_string");
  const expected = code === undefined ? undefined : ordinals.get(code);
  const found = numberMember(value, "value");
  if (expected === undefined || found === expected) return NO_FINDINGS;
  const message = `The value ${found ?? "empty"} must be ${expected}`;
  return [{ rule: "template-ordinal", message, expected: String(expected), found: String(found ?? "empty") }];
}
