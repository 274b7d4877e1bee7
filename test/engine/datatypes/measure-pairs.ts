import type { ConversionContext } from "../../../src/engine/datatypes/fhir-data.js";
import { openFhirSemantics } from "../../../src/engine/semantics.js";
import { fhirSamples, lostLeaves, rmSamples, toFhirElement, toRmValue } from "./data-type-samples.js";

/** An entry of docs/data-types.json. */
export interface PairClaim {
  readonly openEhr: string;
  readonly fhir: string;
  readonly direction: "toFhir" | "toOpenEhr";
  readonly fidelity: "exact" | "lossy";
  /** Members that do not come back. */
  readonly lost: readonly string[];
  /** The member of `Semantics` that decides about details. */
  readonly semantics?: string;
}

const run: ConversionContext = { timeZone: "UTC", semantics: openFhirSemantics };
const sorted = (paths: readonly string[]): readonly string[] => [...new Set(paths)].sort();

/** Converts every sample to every type and back, and gives what came of it. */
export function measurePairs(): readonly PairClaim[] {
  return [...rmSamples.keys()].flatMap((openEhr) =>
    [...fhirSamples.keys()].flatMap((fhir) => [
      ...claim(openEhr, fhir, "toFhir", lossToFhir(openEhr, fhir)),
      ...claim(openEhr, fhir, "toOpenEhr", lossToOpenEhr(openEhr, fhir)),
    ]),
  );
}

function claim(
  openEhr: string,
  fhir: string,
  direction: PairClaim["direction"],
  lost: readonly string[] | undefined,
): readonly PairClaim[] {
  return lost === undefined
    ? []
    : [{ openEhr, fhir, direction, fidelity: lost.length === 0 ? "exact" : "lossy", lost: sorted(lost) }];
}

function lossToFhir(rmType: string, fhirType: string): readonly string[] | undefined {
  const losses = (rmSamples.get(rmType) ?? []).flatMap((value) => {
    const carried = toFhirElement(value, fhirType, run);
    return carried === undefined ? [] : [lostLeaves(value, toRmValue(carried, fhirType, rmType, run))];
  });
  return losses.length === 0 ? undefined : losses.flat();
}

function lossToOpenEhr(rmType: string, fhirType: string): readonly string[] | undefined {
  const losses = (fhirSamples.get(fhirType) ?? []).flatMap((value) => {
    const carried = toRmValue(value, fhirType, rmType, run);
    return carried === undefined ? [] : [lostLeaves(value, toFhirElement(carried, fhirType, run))];
  });
  return losses.length === 0 ? undefined : losses.flat();
}
