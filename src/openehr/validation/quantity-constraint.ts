import type { RmObject } from "../rm/rm-object.js";
import type { TemplateInput, TemplateListEntry, TemplateNode } from "../template/template.js";
import { codedTextConstraint, terminologyOf, wrongTerminology } from "./coded-text-constraint.js";
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
  if (units.size === 0) return undefined;
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

/** What a template demands of a DV_PROPORTION: its kind, and the denominator where one kind alone decides it. */
export function proportionConstraint({ inputs, proportionTypes, primitives }: TemplateNode): ValueCheck | undefined {
  const denominator = inputs.find(({ suffix }) => suffix === "denominator");
  const fixed = primitives?.has("denominator") ? undefined : numberConstraint(denominator);
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
    found.push(...(fixed?.(numberMember(value, "denominator")) ?? NO_FINDINGS));
    return found;
  };
}

/** What a C_DV_ORDINAL or C_DV_SCALE demands: a symbol of its list with the number that goes with it. */
export function ordinalConstraint(inputs: readonly TemplateInput[]): ValueCheck | undefined {
  const input = inputs.find(({ list }) => list !== undefined && list.length > 0);
  const symbols = codedTextConstraint(inputs);
  if (input === undefined || symbols === undefined) return undefined;
  const entries = new Map((input.list ?? []).map((entry) => [entry.value, entry]));
  return (value) => {
    const symbol = objectMember(value, "symbol");
    if (symbol === undefined) return NO_FINDINGS;
    return [...symbols(symbol), ...ordinalFindings(value, symbol, entries)];
  };
}

function ordinalFindings(
  value: RmObject,
  symbol: RmObject,
  entries: ReadonlyMap<string, TemplateListEntry>,
): readonly ValueFinding[] {
  const code = textMember(objectMember(symbol, "defining_code"), "code_string");
  const entry = code === undefined ? undefined : entries.get(code);
  const found: ValueFinding[] = [];
  const terminology = terminologyOf(symbol);
  if (entry?.terminology !== undefined && terminology !== undefined && terminology !== entry.terminology) {
    found.push(wrongTerminology(entry.terminology, terminology, symbol._type));
  }
  const number = numberMember(value, "value");
  if (entry?.ordinal !== undefined && number !== entry.ordinal) {
    const message = `The value ${number ?? "empty"} must be ${entry.ordinal}`;
    const shown = String(number ?? "empty");
    found.push({ rule: "template-ordinal", message, expected: String(entry.ordinal), found: shown });
  }
  return found;
}
