import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import { joinedData, withLiteralsToFhir } from "./joined-text.js";
import { entryToFhir } from "./list-entry-values.js";
import { innermostIndex, type Occurrence, type OpenEhrScope } from "./openehr-scope.js";
import { dataValueOf, readFhirData, valuesOf } from "./openehr-values.js";
import { programmedSource } from "./programmed-source.js";
import type { OpenEhrEnd, ToFhirStep } from "./to-fhir-plan.js";

/** A value found for a step, and where. */
export interface FoundValue {
  readonly occurrence: Occurrence;
  readonly data: FhirData | undefined;
}

export const nothingFound: readonly FoundValue[] = [];

/** The values at a step's openEHR end, ordered by their innermost index. */
export function findValues(step: ToFhirStep, scope: OpenEhrScope, context: ConversionContext): readonly FoundValue[] {
  const end = step.openEhr;
  if (end === undefined || end.isReference) return nothingFound;
  if (end.rmTypes.length === 0 && step.step.kind.kind !== "programmed") return nothingFound;
  const { joined, node } = end;
  const occurrences = scope.occurrences(joined === undefined ? node : joined.each);
  if (occurrences.length === 0) return nothingFound;
  const found: FoundValue[] = [];
  for (const occurrence of occurrences) {
    if (joined === undefined) addFound(step, end, occurrence, scope, context, found);
    else {
      const data = joinedData(joined, scope.bind(occurrence), context);
      if (data !== undefined) found.push({ occurrence, data });
    }
  }
  if (found.length === 1) return found;
  return found.sort((one, other) => innermostIndex(one.occurrence) - innermostIndex(other.occurrence));
}

function addFound(
  { step: { kind, readAs, literals } }: ToFhirStep,
  end: OpenEhrEnd,
  occurrence: Occurrence,
  scope: OpenEhrScope,
  context: ConversionContext,
  found: FoundValue[],
): void {
  if (kind.kind === "programmed") {
    found.push({ occurrence, data: kind.mapping.toFhir(programmedSource(occurrence, scope), context) });
    return;
  }
  if (end.members.length === 0) {
    const data = readFhirData(end, occurrence.value, context, readAs);
    found.push({ occurrence, data: withLiteralsToFhir(data, literals) });
    return;
  }
  for (const value of valuesOf(end, occurrence)) {
    const data =
      kind.kind === "entry"
        ? entryToFhir(kind.entryClass, value, context)
        : withLiteralsToFhir(readFhirData(end, value, context, readAs), literals);
    found.push({ occurrence, data });
  }
}

/** Whether there is something to write. */
export function hasData({ data }: FoundValue): boolean {
  return data !== undefined;
}

/** A value of which nothing is there, as against one that nothing is made of. */
export function isAbsent({ occurrence }: FoundValue): boolean {
  return dataValueOf(occurrence.value) === undefined;
}
