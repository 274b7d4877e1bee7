import {
  dosageDuration,
  dosageQuantityToRange,
  rangeToText,
  ratioToDosage,
  ratioToDosageAction,
  ratioToQuantity,
} from "./dosage.js";
import type { ProgrammedMapping } from "./programmed-mapping.js";
import { timingNonDaily, timingToDaily } from "./timing.js";

/** Every programmed mapping by the `mappingCode` that calls it. Others are added here. */
export const programmedMappings: ReadonlyMap<string, ProgrammedMapping> = new Map(
  [
    timingToDaily,
    timingNonDaily,
    dosageQuantityToRange,
    rangeToText,
    ratioToQuantity,
    ratioToDosage,
    ratioToDosageAction,
    dosageDuration,
  ].map((mapping) => [mapping.code, mapping]),
);
