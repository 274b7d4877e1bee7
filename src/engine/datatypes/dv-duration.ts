import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import { ucumSystem } from "./dv-quantity.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType, isStringType, primitiveText } from "./fhir-primitives.js";
import { numberMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

const isoDuration = /^-?P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(?:[.,]\d{1,9})?S)?)?$/;

/** A UCUM code of time: the ISO 8601 part it becomes, and what its fractions are counted in. */
interface TimeUnit {
  readonly prefix?: "P" | "PT";
  readonly letter?: string;
  readonly smaller?: readonly [code: string, factor: number];
}

const timeUnits: ReadonlyMap<string, TimeUnit> = new Map<string, TimeUnit>([
  ["a", { prefix: "P", letter: "Y", smaller: ["mo", 12] }],
  ["mo", { prefix: "P", letter: "M" }],
  ["wk", { prefix: "P", letter: "W", smaller: ["d", 7] }],
  ["d", { prefix: "P", letter: "D", smaller: ["h", 24] }],
  ["h", { prefix: "PT", letter: "H", smaller: ["min", 60] }],
  ["min", { prefix: "PT", letter: "M", smaller: ["s", 60] }],
  ["s", { prefix: "PT", letter: "S" }],
  ["ms", { smaller: ["s", 0.001] }],
]);

/**
 * DV_DURATION ↔ string, Duration (fhirconnect-language 13.3)
 *
 * | DV_DURATION | FHIR                                                      | survives   |
 * |-------------|-----------------------------------------------------------|------------|
 * | value       | string                                                    | both       |
 * | value       | Duration with a UCUM unit of time: the one component; a fraction in the next smaller unit, of seconds to the nanosecond | both; several components in the smallest of their units, as far as their lengths do not depend on the calendar |
 */
export const dvDuration: DataTypeConverter = {
  rmType: "DV_DURATION",

  toFhir(value): FhirData | undefined {
    const text = stringAttribute(value, "value");
    if (text === undefined) return undefined;
    const quantity = quantityOf(text);
    return {
      type: "string",
      value: text,
      ...(quantity !== undefined && { alternatives: [{ type: "Quantity", value: quantity }] }),
    };
  },

  toOpenEhr(node): RmObject | undefined {
    if (isQuantityType(node.type) && isJsonObject(node.value)) {
      const amount = numberMember(node.value, "value");
      const code = stringMember(node.value, "code") ?? stringMember(node.value, "unit") ?? "";
      const value = amount === undefined ? undefined : durationOf(amount, code);
      return value === undefined ? undefined : rmObject("DV_DURATION", { value });
    }
    const text = isStringType(node.type) ? primitiveText(node) : undefined;
    return text !== undefined && isoDuration.test(text) ? rmObject("DV_DURATION", { value: text }) : undefined;
  },
};

/** The duration of an amount of a unit; undefined when ISO 8601 has none for it. */
function durationOf(amount: number, code: string): string | undefined {
  const unit = timeUnits.get(code);
  if (unit === undefined || amount < 0 || amount > Number.MAX_SAFE_INTEGER) return undefined;
  const { prefix, letter, smaller } = unit;
  if (prefix !== undefined && letter !== undefined && (Number.isInteger(amount) || letter === "S")) {
    const digits = amount.toFixed(9).replace(/\.?0+$/, "");
    return digits === "0" && amount > 0 ? undefined : `${prefix}${digits}${letter}`;
  }
  if (smaller === undefined) return undefined;
  // Rounded, since 1.1 hours would otherwise be 66.00000000000001 minutes.
  return durationOf(amount === 0 ? 0 : Number((amount * smaller[1]).toFixed(12)), smaller[0]);
}

/** Letters of an ISO 8601 duration with their UCUM code and length, in months or in seconds, whose ratio no calendar fixes. */
const calendarUnits = [
  ["a", 12],
  ["mo", 1],
] as const;
const clockUnits = [
  ["wk", 604_800],
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/**
 * The amount of the smallest unit written in an ISO 8601 duration; undefined when its components have no common unit, and
 * for negative durations (fhirconnect-language 13.3).
 */
function quantityOf(duration: string): JsonObject | undefined {
  const match = duration.startsWith("-") ? null : isoDuration.exec(duration);
  if (match === null) return undefined;
  const [years, months, weeks, days, , hours, minutes, seconds] = match.slice(1);
  const calendar = amountIn(calendarUnits, [years, months]);
  const clock = amountIn(clockUnits, [weeks, days, hours, minutes, seconds]);
  const only = calendar === undefined ? clock : clock === undefined ? calendar : undefined;
  return only === undefined ? undefined : { value: only.amount, unit: only.code, system: ucumSystem, code: only.code };
}

function amountIn(
  units: readonly (readonly [code: string, length: number])[],
  components: readonly (string | undefined)[],
): { readonly amount: number; readonly code: string } | undefined {
  let total = 0;
  let smallest: readonly [code: string, length: number] | undefined;
  units.forEach((unit, at) => {
    const component = components[at];
    if (component === undefined) return;
    total += Number(component.slice(0, -1).replace(",", ".")) * unit[1];
    smallest = unit;
  });
  if (smallest === undefined) return undefined;
  const [code, length] = smallest as readonly [string, number];
  return { amount: Number((total / length).toFixed(9)), code };
}
