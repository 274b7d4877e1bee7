import type { JsonObject } from "../../fhir/json.js";
import { ucumSystem } from "../datatypes/dv-quantity.js";
import { jsonObject, numberMember, objectMember, stringMember } from "../datatypes/rm-values.js";

/** A Range in words: `2-4 mg`, `2 mg - 1 g`, `>= 2 mg`, `<= 4 mg`; undefined when it has no bound. */
export function rangeText(range: JsonObject): string | undefined {
  const low = bound(objectMember(range, "low"));
  const high = bound(objectMember(range, "high"));
  if (low === undefined && high === undefined) return undefined;
  if (high === undefined) return `>= ${low?.text}`;
  if (low === undefined) return `<= ${high.text}`;
  return low.unit !== "" && low.unit === high.unit ? `${low.value}-${high.text}` : `${low.text} - ${high.text}`;
}

function bound(quantity: JsonObject | undefined): { value: string; unit: string; text: string } | undefined {
  const number = numberMember(quantity, "value");
  if (number === undefined) return undefined;
  const unit = (stringMember(quantity, "unit") ?? stringMember(quantity, "code") ?? "").toLowerCase();
  return { value: String(number), unit, text: unit === "" ? String(number) : `${number} ${unit}` };
}

/**
 * The Range that such words mean, also with a decimal comma; one amount alone is both bounds, and a unit that one bound
 * lacks is that of the other. Undefined for any other text.
 */
export function rangeOfText(text: string): JsonObject | undefined {
  const words = text.trim();
  if (words.length > 200) return undefined;
  if (words.startsWith(">=")) return oneSided("low", words.slice(2));
  if (words.startsWith("<=")) return oneSided("high", words.slice(2));
  // Units may have a dash of their own: the one between two amounts is meant.
  for (let dash = words.indexOf("-", 1); dash > 0; dash = words.indexOf("-", dash + 1)) {
    const low = amountOf(words.slice(0, dash));
    const high = amountOf(words.slice(dash + 1));
    if (low === undefined || high === undefined) continue;
    return {
      low: quantityOf({ ...low, unit: low.unit || high.unit }),
      high: quantityOf({ ...high, unit: high.unit || low.unit }),
    };
  }
  const only = amountOf(words);
  return only === undefined ? undefined : { low: quantityOf(only), high: quantityOf(only) };
}

interface Amount {
  readonly value: number;
  readonly unit: string;
}

function oneSided(side: "low" | "high", words: string): JsonObject | undefined {
  const amount = amountOf(words);
  return amount === undefined ? undefined : { [side]: quantityOf(amount) };
}

function amountOf(words: string): Amount | undefined {
  const found = /^(-?\d+(?:[.,]\d+)?)(?:\s+([^\s-].*)|([^\d\s-].*))?$/.exec(words.trim());
  if (found?.[1] === undefined) return undefined;
  return { value: Number(found[1].replace(",", ".")), unit: (found[2] ?? found[3] ?? "").trim().toLowerCase() };
}

function quantityOf({ value, unit }: Amount): JsonObject {
  return unit === "" ? jsonObject({ value }) : { value, unit, system: ucumSystem, code: unit };
}
