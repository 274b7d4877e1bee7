import {
  dosageDuration,
  dosageQuantityToRange,
  rangeToText,
  ratioToDosage,
  ratioToDosageAction,
  ratioToQuantity,
} from "./dosage.js";
import { feederAudit } from "./feeder-audit.js";
import { generateNarrative } from "./generate-narrative.js";
import { readProgrammedCall } from "./programmed-call.js";
import type { ProgrammedMapping, ProgrammedMappingKind } from "./programmed-mapping.js";
import { timingNonDaily, timingToDaily } from "./timing.js";

/** Programs that take no arguments. */
const plain: readonly ProgrammedMapping[] = [
  timingToDaily,
  timingNonDaily,
  dosageQuantityToRange,
  rangeToText,
  ratioToQuantity,
  ratioToDosage,
  ratioToDosageAction,
  dosageDuration,
];

/** Every programmed mapping by the `mappingCode` that calls it. Others are added here. */
export const programmedMappings: ReadonlyMap<string, ProgrammedMappingKind> = new Map(
  [...plain.map(withoutArguments), feederAudit, generateNarrative].map((kind) => [kind.code, kind]),
);

/** What a `mappingCode` means: the program with its arguments, or one sentence that says what is wrong with it. */
export type FoundProgrammedMapping = { readonly mapping: ProgrammedMapping } | { readonly fault: string };

/** Finds what a `mappingCode` of a mapping file calls (fhirconnect-language 18). */
export function findProgrammedMapping(text: string): FoundProgrammedMapping {
  const call = readProgrammedCall(text);
  if (call === undefined) return { fault: `The arguments of "${text}" have no closing parenthesis at their end.` };
  const kind = programmedMappings.get(call.code);
  if (kind === undefined) {
    const known = [...programmedMappings.keys()].join(", ");
    return { fault: `There is no programmed mapping "${call.code}". Known are ${known}.` };
  }
  const { required, optional } = kind.arguments;
  const given = call.values.length;
  if (given < required.length || given > required.length + optional.length) {
    const names = [...required, ...optional.map((name) => `[${name}]`)].join(", ");
    return { fault: `"${call.code}" is called with ${given} arguments; it takes (${names}).` };
  }
  return { mapping: kind.create(call.values) };
}

function withoutArguments(mapping: ProgrammedMapping): ProgrammedMappingKind {
  return { code: mapping.code, arguments: { required: [], optional: [] }, create: () => mapping };
}
