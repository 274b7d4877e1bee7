import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { FhirData } from "../datatypes/fhir-data.js";
import {
  jsonObject,
  numberAttribute,
  numberMember,
  objectAttribute,
  rmObject,
  stringAttribute,
  stringMember,
} from "../datatypes/rm-values.js";
import type { ProgrammedMapping, ProgrammedPlace, ProgrammedSource } from "./programmed-mapping.js";
import { amountOfTime, dailyUnits, isoDuration, nonDailyUnits } from "./units-of-time.js";

/** At-codes of a timing archetype. */
interface TimingNodes {
  readonly time: string;
  readonly period: string;
  readonly frequency?: string;
  /** The CLUSTER of an event, and in it the event. */
  readonly event: readonly [cluster: string, element: string];
}

/** `openEHR-EHR-CLUSTER.timing_daily.v1` */
const dailyNodes: TimingNodes = { time: "at0004", period: "at0014", frequency: "at0003", event: ["at0039", "at0026"] };
/** `openEHR-EHR-CLUSTER.timing_nondaily.v1` */
const nonDailyNodes: TimingNodes = { time: "at0001", period: "at0002", event: ["at0006", "at0005"] };

/** Codes of `Timing.repeat.when`. */
const whenCodes: ReadonlySet<string> = new Set(
  "MORN MORN.early MORN.late NOON AFT AFT.early AFT.late EVE EVE.early EVE.late NIGHT PHS HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV".split(
    " ",
  ),
);

/**
 * Timing.repeat ↔ CLUSTER.timing_daily (engine-behaviour 10): the first time of day, the period, and the frequency per
 * period unit. Takes periods of days, hours, minutes and seconds. Further times of day, `periodMax`, `when` and all else of a
 * Timing are lost; `when` of events comes from openEHR.
 */
export const timingToDaily: ProgrammedMapping = {
  code: "timingToDaily",
  toOpenEhr: (input, place) => writeTiming(input, place, dailyNodes, dailyUnits),
  toFhir: (source) => readTiming(source, dailyNodes),
};

/**
 * Timing.repeat ↔ CLUSTER.timing_nondaily: the first time of day, and the period in days, weeks, months or years. All else is
 * lost, the frequency as well.
 */
export const timingNonDaily: ProgrammedMapping = {
  code: "timingNonDaily",
  toOpenEhr: (input, place, { semantics }) =>
    writeTiming(input, place, nonDailyNodes, nonDailyUnits, semantics.durationComponents === "counted-as-hours"),
  toFhir: (source, { semantics }) =>
    semantics.programmedResults === "daily-timing-only" ? undefined : readTiming(source, nonDailyNodes),
};

function writeTiming(
  input: FhirNode,
  place: ProgrammedPlace,
  nodes: TimingNodes,
  units: ReadonlySet<string>,
  weeksAsDays = false,
): boolean {
  const repeat = repeatOf(input);
  const unit = stringMember(repeat, "periodUnit");
  if (repeat === undefined || unit === undefined || !units.has(unit)) return false;
  const [time] = Array.isArray(repeat.timeOfDay) ? repeat.timeOfDay : [];
  if (typeof time === "string") place.write([nodes.time], rmObject("DV_TIME", { value: time }));
  const period = numberMember(repeat, "period");
  const inDays = weeksAsDays && unit === "wk";
  const text = period === undefined ? undefined : isoDuration(inDays ? period * 7 : period, inDays ? "d" : unit);
  if (text !== undefined) {
    place.clear([nodes.period]);
    place.write([nodes.period], rmObject("DV_DURATION", { value: text }));
  }
  if (nodes.frequency !== undefined) writeFrequency(repeat, unit, place, nodes.frequency);
  return true;
}

function writeFrequency(repeat: JsonObject, unit: string, place: ProgrammedPlace, node: string): void {
  const frequency = numberMember(repeat, "frequency");
  if (frequency === undefined) return;
  const most = numberMember(repeat, "frequencyMax");
  place.clear([node]);
  const lower = rmObject("DV_QUANTITY", { magnitude: frequency, units: `1/${unit}` });
  if (most === undefined || most === frequency) place.write([node], lower);
  else
    place.write(
      [node],
      rmObject("DV_INTERVAL", { lower, upper: rmObject("DV_QUANTITY", { magnitude: most, units: `1/${unit}` }) }),
    );
}

/** The `repeat` of a Timing, also when the element is the repeat itself. */
export function repeatOf(input: FhirNode): JsonObject | undefined {
  if (!isJsonObject(input.value)) return undefined;
  if (input.type !== "Timing") return input.value;
  return isJsonObject(input.value.repeat) ? input.value.repeat : undefined;
}

function readTiming(source: ProgrammedSource, nodes: TimingNodes): FhirData | undefined {
  const times = source
    .values([nodes.time])
    .map((value) => stringAttribute(value, "value"))
    .filter((time) => time !== undefined);
  const when = source
    .values(nodes.event)
    .map((value) => stringAttribute(value, "value"))
    .filter((text) => text !== undefined && whenCodes.has(text)) as string[];
  const duration = source.values([nodes.period]).map((value) => amountOfTime(stringAttribute(value, "value") ?? ""))[0];
  const frequency = nodes.frequency === undefined ? undefined : frequencyOf(source.values([nodes.frequency])[0]);
  const repeat = jsonObject({
    frequency: frequency?.least,
    frequencyMax: frequency?.most,
    period: duration?.amount ?? (frequency?.unit === undefined ? undefined : 1),
    periodUnit: duration?.unit ?? frequency?.unit,
    timeOfDay: times.length === 0 ? undefined : times,
    when: when.length === 0 ? undefined : when,
  });
  return Object.keys(repeat).length === 0 ? undefined : { type: "Timing", value: { repeat } };
}

interface Frequency {
  readonly least: number;
  readonly most?: number;
  readonly unit?: string;
}

function frequencyOf(value: RmObject | undefined): Frequency | undefined {
  const lower = value?._type === "DV_QUANTITY" ? value : objectAttribute(value, "lower");
  const least = numberAttribute(lower, "magnitude");
  if (least === undefined) return undefined;
  const most = numberAttribute(objectAttribute(value, "upper"), "magnitude");
  const unit = /^1\/(\w+)$/.exec(stringAttribute(lower, "units") ?? "")?.[1];
  return {
    least: Math.round(least),
    ...(most !== undefined && Math.round(most) !== Math.round(least) && { most: Math.round(most) }),
    ...(unit !== undefined && { unit }),
  };
}
