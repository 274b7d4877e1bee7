import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { ExactNumber } from "../../openehr/json/number-text.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import { dvQuantity, ucumSystem } from "../datatypes/dv-quantity.js";
import type { ConversionContext } from "../datatypes/fhir-data.js";
import { isQuantityType } from "../datatypes/fhir-primitives.js";
import {
  exactAttribute,
  exactMember,
  jsonObject,
  numberAttribute,
  numberMember,
  objectAttribute,
  objectMember,
  rmObject,
  stringAttribute,
  stringMember,
} from "../datatypes/rm-values.js";
import type { ProgrammedMapping, ProgrammedPlace } from "./programmed-mapping.js";
import { rangeOfText, rangeText } from "./range-text.js";
import { repeatOf } from "./timing.js";
import { amountOfTime, dailyUnits, isoDuration } from "./units-of-time.js";

/** At-codes of `openEHR-EHR-CLUSTER.dosage.v2`: administration rate and duration. */
const rateNode = "at0134";
const durationNode = "at0102";
/** Units the administration rate may have. */
const rateUnits: ReadonlySet<string> = new Set(["l/h", "ml/h", "ml/s", "ml/min"]);

/**
 * Range or Quantity ↔ an ELEMENT that takes DV_INTERVAL of DV_QUANTITY beside DV_QUANTITY. A range wins over a quantity. Of the
 * bounds value and code come back, or the unit where there is no code; other systems than UCUM are lost.
 */
export const dosageQuantityToRange: ProgrammedMapping = {
  code: "dosageQuantityToRange",
  toOpenEhr(input, place, context) {
    if (input.type === "Range" && isJsonObject(input.value)) {
      const interval = intervalOf(input.value);
      if (interval === undefined) return false;
      place.clear([]);
      return place.write([], interval);
    }
    if (place.read([])?._type === "DV_INTERVAL") return true;
    const quantity = isQuantityType(input.type) ? dvQuantity.toOpenEhr(input, context) : undefined;
    return quantity !== undefined && place.write([], quantity);
  },
  toFhir: ({ value }, context) => {
    if (context.semantics.programmedResults === "daily-timing-only") return undefined;
    if (value?._type === "DV_QUANTITY") return dvQuantity.toFhir(value, context);
    if (value?._type !== "DV_INTERVAL") return undefined;
    return {
      type: "Range",
      value: jsonObject({
        low: simpleQuantity(objectAttribute(value, "lower")),
        high: simpleQuantity(objectAttribute(value, "upper")),
      }),
    };
  },
};

/**
 * Range ↔ text: `2-4 mg`, `>= 2 mg`, `2 mg - 1 g`. Values and units come back, units in lower case and as codes of UCUM; a text
 * that says no range gives none.
 */
export const rangeToText: ProgrammedMapping = {
  code: "rangeToText",
  toOpenEhr(input, place) {
    if (input.type !== "Range" || !isJsonObject(input.value)) return false;
    const text = rangeText(input.value);
    return text !== undefined && place.write([], rmObject("DV_TEXT", { value: text }));
  },
  toFhir: ({ value }, { semantics }) => {
    if (semantics.programmedResults === "daily-timing-only") return undefined;
    const range = rangeOfText(stringAttribute(value, "value") ?? "");
    return range === undefined ? undefined : { type: "Range", value: range };
  },
};

/**
 * Ratio ↔ DV_QUANTITY with a compound unit: 5 mL per 1 h is 5 mL/h, and 10 mg per 2 h is 5 mg/h. What comes back is the amount
 * for one of the last unit; how the Ratio was split is lost.
 */
export const ratioToQuantity: ProgrammedMapping = {
  code: "ratio_to_dv_quantity",
  toOpenEhr(input, place) {
    const ratio = ratioOf(input);
    if (ratio === undefined || ratio.denominator === 0) return false;
    const { numerator, numeratorUnit, denominator = 1, denominatorUnit } = ratio;
    const units = denominatorUnit === "" ? numeratorUnit : `${numeratorUnit}/${denominatorUnit}`;
    return place.write([], rmObject("DV_QUANTITY", { magnitude: rounded(numerator / denominator), units }));
  },
  toFhir: ({ value }, { semantics }) => {
    const units = stringAttribute(value, "units");
    const magnitude = numberAttribute(value, "magnitude");
    if (magnitude === undefined || units === undefined || semantics.programmedResults === "daily-timing-only")
      return undefined;
    const slash = units.lastIndexOf("/");
    const [above, below] = slash < 0 ? [units, ""] : [units.slice(0, slash), units.slice(slash + 1)];
    return { type: "Ratio", value: { numerator: ucumQuantity(magnitude, above), denominator: ucumQuantity(1, below) } };
  },
};

/** The digits that a double has for certain: 0.1 * 3 is 0.3. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

/**
 * Ratio ↔ administration rate and duration of a dosage: 150 mL in 3 h is 50 ml/h for `PT3H`. The template has rates of volumes
 * only (l/h, ml/h, ml/s, ml/min): of other amounts the duration is kept and the amount is lost. Rates come back in lower case.
 */
export const ratioToDosage: ProgrammedMapping = {
  code: "ratio_to_dosage",
  toOpenEhr: (input, place) => writeRate(input, place, (amount, unit) => isoDuration(amount, unit)),
  toFhir: (source, context) => readRate(source.values([rateNode])[0], source.values([durationNode])[0], context),
};

/**
 * The same for ACTION.medication; the duration is written in components of the time, without parts of a second.
 */
export const ratioToDosageAction: ProgrammedMapping = {
  code: "ratio_to_dosage_action",
  toOpenEhr: (input, place, context) =>
    writeRate(input, place, (amount, unit) => {
      const seconds = Math.round(amount * (secondsOf.get(unit) ?? 0));
      return seconds > 0 ? durationOfComponents(seconds, context) : isoDuration(amount, unit);
    }),
  toFhir: (source, context) => readRate(source.values([rateNode])[0], source.values([durationNode])[0], context),
};

/** `Timing.repeat.duration` ↔ DV_DURATION, in days, hours, minutes or seconds; `durationMax` is lost. */
export const dosageDuration: ProgrammedMapping = {
  code: "dosageDurationToAdministrationDuration",
  toOpenEhr(input, place) {
    const repeat = repeatOf(input);
    const duration = numberMember(repeat, "duration");
    const unit = stringMember(repeat, "durationUnit");
    if (duration === undefined || unit === undefined || !dailyUnits.has(unit)) return false;
    const text = isoDuration(duration, unit);
    return text !== undefined && place.write([], rmObject("DV_DURATION", { value: text }));
  },
  toFhir: ({ value }, { semantics }) => {
    const time = amountOfTime(stringAttribute(value, "value") ?? "");
    if (time === undefined || semantics.programmedResults === "daily-timing-only") return undefined;
    return { type: "Timing", value: { repeat: { duration: time.amount, durationUnit: time.unit } } };
  },
};

const secondsOf: ReadonlyMap<string, number> = new Map([
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
]);

function writeRate(
  input: FhirNode,
  place: ProgrammedPlace,
  durationText: (amount: number, unit: string) => string | undefined,
): boolean {
  const ratio = ratioOf(input);
  if (
    ratio === undefined ||
    ratio.denominator === undefined ||
    ratio.denominator === 0 ||
    !dailyUnits.has(ratio.denominatorUnit)
  )
    return false;
  const units = `${ratio.numeratorUnit}/${ratio.denominatorUnit}`.toLowerCase();
  if (rateUnits.has(units)) {
    place.write(
      [rateNode],
      rmObject("DV_QUANTITY", { magnitude: rounded(ratio.numerator / ratio.denominator), units }),
    );
  }
  const text = durationText(ratio.denominator, ratio.denominatorUnit);
  if (text === undefined) return false;
  place.clear([durationNode]);
  return place.write([durationNode], rmObject("DV_DURATION", { value: text }));
}

/** Days, hours, minutes and seconds of a time span. */
function durationOfComponents(seconds: number, { semantics }: ConversionContext): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = seconds % 60;
  if (semantics.durationComponents === "counted-as-hours") {
    const all = hours + minutes + rest;
    return `P${days > 0 ? `${days}D` : ""}${all > 0 ? `T${all}H` : ""}`;
  }
  const time = `${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${rest > 0 ? `${rest}S` : ""}`;
  return `P${days > 0 ? `${days}D` : ""}${time === "" ? "" : `T${time}`}`;
}

interface RatioParts {
  readonly numerator: number;
  readonly numeratorUnit: string;
  readonly denominator: number | undefined;
  readonly denominatorUnit: string;
}

function ratioOf(input: FhirNode): RatioParts | undefined {
  if (input.type !== "Ratio" || !isJsonObject(input.value)) return undefined;
  const numerator = objectMember(input.value, "numerator");
  const denominator = objectMember(input.value, "denominator");
  const value = numberMember(numerator, "value");
  if (value === undefined) return undefined;
  return {
    numerator: value,
    numeratorUnit: unitOf(numerator),
    denominator: numberMember(denominator, "value"),
    denominatorUnit: unitOf(denominator),
  };
}

function unitOf(quantity: JsonObject | undefined): string {
  return stringMember(quantity, "code") ?? stringMember(quantity, "unit") ?? "";
}

function readRate(rate: RmObject | undefined, duration: RmObject | undefined, { semantics }: ConversionContext) {
  const time = amountOfTime(stringAttribute(duration, "value") ?? "");
  const magnitude = numberAttribute(rate, "magnitude");
  if (time === undefined || magnitude === undefined || semantics.programmedResults === "daily-timing-only")
    return undefined;
  const [unit = "", per = ""] = (stringAttribute(rate, "units") ?? "").split("/");
  const seconds = time.amount * (secondsOf.get(time.unit) ?? Number.NaN);
  // A rate per minute runs for so many minutes, whatever the duration is written in.
  const amount = rounded(seconds / (secondsOf.get(per) ?? Number.NaN));
  if (Number.isNaN(amount)) return undefined;
  return {
    type: "Ratio",
    value: { numerator: ucumQuantity(rounded(magnitude * amount), unit), denominator: ucumQuantity(amount, per) },
  };
}

function ucumQuantity(value: ExactNumber, unit: string): JsonObject {
  return unit === "" ? jsonObject({ value }) : jsonObject({ value, unit, system: ucumSystem, code: unit });
}

function simpleQuantity(bound: RmObject | undefined): JsonObject | undefined {
  const magnitude = exactAttribute(bound, "magnitude");
  const units = stringAttribute(bound, "units");
  if (magnitude === undefined) return undefined;
  return ucumQuantity(magnitude, units ?? "");
}

function intervalOf(range: JsonObject): RmObject | undefined {
  const lower = boundOf(objectMember(range, "low"));
  const upper = boundOf(objectMember(range, "high"));
  if (lower === undefined && upper === undefined) return undefined;
  return rmObject("DV_INTERVAL", { lower, upper });
}

function boundOf(quantity: JsonObject | undefined): RmObject | undefined {
  const magnitude = exactMember(quantity, "value");
  if (magnitude === undefined) return undefined;
  const units = unitOf(quantity);
  return rmObject("DV_QUANTITY", { magnitude, units: units === "" ? undefined : units });
}
