import { codePhrase } from "../../../building/coded-text.js";
import type { RmObject } from "../../../rm/rm-object.js";
import {
  type FlatDataType,
  type FlatPlace,
  type FlatReadContext,
  objectMember,
  objectsMember,
  objectType,
  readBelow,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";
import { isRaw, readRawObject } from "../raw-object.js";
import { readInterval, writeInterval } from "./interval.js";

const NORMAL_STATUSES = "openehr_normal_statuses";

/** Which super classes of an ordered value bring suffixes of their own (openehr-formats 9). */
export type OrderedKind = "ordered" | "amount" | "temporal";

/**
 * Wraps a data type with what its super classes add: `|normal_status`, `_normal_range`, `_other_reference_ranges` of
 * DV_ORDERED, `|magnitude_status` of DV_QUANTIFIED, `|accuracy` and `|accuracy_is_percent` of DV_AMOUNT, `_accuracy` of
 * dates and times.
 */
export function orderedType(
  rmType: string,
  kind: OrderedKind,
  own: {
    read(keys: FlatKeys, context: FlatReadContext): RmObject | undefined;
    write(value: RmObject, place: FlatPlace): void;
  },
): FlatDataType {
  return objectType({
    read(keys, context) {
      const value = own.read(keys, context);
      const inherited = readInherited(rmType, kind, keys, context);
      return value === undefined && inherited === undefined ? undefined : { _type: rmType, ...value, ...inherited };
    },
    write(value, place) {
      own.write(value, place);
      writeInherited(rmType, kind, value, place);
    },
  });
}

function readInherited(
  rmType: string,
  kind: OrderedKind,
  keys: FlatKeys,
  context: FlatReadContext,
): Record<string, RmObject[string]> | undefined {
  const found: Record<string, RmObject[string] | undefined> = {};
  const normalStatus = keys.text("normal_status");
  if (normalStatus !== undefined) found.normal_status = codePhrase(NORMAL_STATUSES, normalStatus);
  const normalRange = keys.child("_normal_range");
  if (normalRange !== undefined) {
    found.normal_range = isRaw(normalRange)
      ? readRawObject(normalRange, "DV_INTERVAL")
      : readInterval(normalRange, context, rmType);
  }
  const ranges = keys
    .occurrences("_other_reference_ranges")
    .map(([, range]) => readReferenceRange(range, context, rmType))
    .filter((range) => range !== undefined);
  if (ranges.length > 0) found.other_reference_ranges = ranges;
  if (kind !== "ordered") found.magnitude_status = keys.text("magnitude_status");
  if (kind === "amount") {
    found.accuracy = keys.number("accuracy");
    found.accuracy_is_percent = keys.boolean("accuracy_is_percent");
  }
  if (kind === "temporal") found.accuracy = readBelow("DV_DURATION", keys.child("_accuracy"), context);
  const present = Object.entries(found).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : (Object.fromEntries(present) as Record<string, RmObject[string]>);
}

function writeInherited(rmType: string, kind: OrderedKind, value: RmObject, place: FlatPlace): void {
  place.put("normal_status", scalarMember(objectMember(value, "normal_status"), "code_string"));
  if (kind !== "ordered") place.put("magnitude_status", scalarMember(value, "magnitude_status"));
  if (kind === "amount") {
    place.putDouble("accuracy", scalarMember(value, "accuracy"));
    place.put("accuracy_is_percent", scalarMember(value, "accuracy_is_percent"));
  }
  const accuracy = kind === "temporal" ? objectMember(value, "accuracy") : undefined;
  if (accuracy !== undefined) place.dataType("DV_DURATION")?.write(accuracy, place.at("_accuracy"));
  const normalRange = objectMember(value, "normal_range");
  if (normalRange !== undefined) writeInterval(normalRange, place.at("_normal_range"), rmType);
  for (const [index, range] of objectsMember(value, "other_reference_ranges").entries()) {
    const rangePlace = place.at("_other_reference_ranges", index);
    const meaning = objectMember(range, "meaning");
    if (meaning !== undefined) place.dataType("DV_TEXT")?.write(meaning, rangePlace.at("meaning"));
    const interval = objectMember(range, "range");
    if (interval !== undefined) writeInterval(interval, rangePlace, rmType);
  }
}

function readReferenceRange(keys: FlatKeys, context: FlatReadContext, boundType: string): RmObject | undefined {
  if (isRaw(keys)) return readRawObject(keys, "REFERENCE_RANGE");
  const meaning = readBelow("DV_TEXT", keys.child("meaning"), context);
  const range = readInterval(keys, context, boundType);
  if (range === undefined && meaning === undefined) return undefined;
  return {
    _type: "REFERENCE_RANGE",
    ...(range === undefined ? {} : { range }),
    ...(meaning === undefined ? {} : { meaning }),
  };
}
