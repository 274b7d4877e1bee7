import { durationInputs } from "./duration-inputs.js";
import type { TemplateInput } from "./template.js";

/** Inputs found under the attributes of a data value, and how to find the defaults a template attaches to it. */
export interface ConstrainedAttributes {
  readonly inputs: ReadonlyMap<string, TemplateInput>;
  defaultValue(attribute: string): string | undefined;
}

const NOTHING_CONSTRAINED: ConstrainedAttributes = { inputs: new Map(), defaultValue: () => undefined };
const PROPORTION_TYPES = ["ratio", "unitary", "percent", "fraction", "integer_fraction"] as const;

/**
 * The inputs of a data value that has none from a domain type (openehr-formats 4.7): what the template says about its
 * attributes, else what the type allows by itself. Empty for types without inputs.
 */
export function typeInputs(rmType: string, constrained = NOTHING_CONSTRAINED): readonly TemplateInput[] {
  if (rmType === "DV_DURATION") {
    return durationInputs(constrained.inputs.get("value"), constrained.defaultValue("value"));
  }
  return unfilledInputs(rmType, constrained.inputs).map((input) => {
    const defaultValue = input.defaultValue ?? constrained.defaultValue(input.suffix ?? "value");
    return defaultValue === undefined ? input : { ...input, defaultValue };
  });
}

function unfilledInputs(rmType: string, inputs: ReadonlyMap<string, TemplateInput>): readonly TemplateInput[] {
  switch (rmType) {
    case "DV_DATE":
      return [inputs.get("value") ?? { type: "DATE" }];
    case "DV_TIME":
      return [inputs.get("value") ?? { type: "TIME" }];
    case "DV_DATE_TIME":
      return [inputs.get("value") ?? { type: "DATETIME" }];
    case "DV_ORDINAL":
    case "DV_SCALE":
      return [inputs.get("value") ?? { type: "CODED_TEXT" }];
    case "DV_TEXT":
    case "DV_URI":
    case "DV_EHR_URI":
    case "DV_MULTIMEDIA":
    case "UID_BASED_ID":
    case "STRING":
      return [inputs.get("value") ?? { type: "TEXT" }];
    case "DV_COUNT":
      return [inputs.get("magnitude") ?? { type: "INTEGER" }];
    case "DV_BOOLEAN":
      return [inputs.get("value") ?? { type: "BOOLEAN" }];
    case "DV_QUANTITY":
      return [{ type: "DECIMAL", ...inputs.get("magnitude"), suffix: "magnitude" }, ...texts("unit")];
    case "DV_STATE":
    case "DV_CODED_TEXT":
      return texts("code", "value");
    case "DV_PARSABLE":
      return texts("value", "formalism");
    case "DV_IDENTIFIER":
      return texts("id", "type", "issuer", "assigner");
    case "PARTY_PROXY":
      return texts("id", "id_scheme", "id_namespace", "name");
    case "DV_PROPORTION":
      return proportionInputs(inputs);
    default:
      return [];
  }
}

function texts(...suffixes: readonly string[]): readonly TemplateInput[] {
  return suffixes.map((suffix) => ({ suffix, type: "TEXT" }));
}

function proportionInputs(inputs: ReadonlyMap<string, TemplateInput>): readonly TemplateInput[] {
  const types = proportionTypes(inputs);
  const only = types.length === 1 ? types[0] : undefined;
  const numerator: TemplateInput = { type: "DECIMAL", ...inputs.get("numerator"), suffix: "numerator" };
  const denominator: TemplateInput = { type: "DECIMAL", ...inputs.get("denominator"), suffix: "denominator" };
  const fixed = only === "unitary" ? 1 : only === "percent" ? 100 : undefined;
  if (fixed === undefined) return [numerator, denominator];
  return [numerator, { ...denominator, validation: { range: { min: fixed, minOp: ">=", max: fixed, maxOp: "<=" } } }];
}

/** The kinds of proportion a DV_PROPORTION takes: those of the C_INTEGER under `type`, all when there is none. */
export function proportionTypes(inputs: ReadonlyMap<string, TemplateInput>): readonly string[] {
  const list = inputs.get("type")?.list ?? [];
  const types = list.flatMap(({ value }) => PROPORTION_TYPES[Number(value)] ?? []);
  return types.length === 0 ? PROPORTION_TYPES : types;
}
