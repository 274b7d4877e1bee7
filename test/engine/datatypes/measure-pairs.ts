import type { ConversionContext } from "../../../src/engine/datatypes/fhir-data.js";
import { openFhirSemantics, type Semantics, v1Semantics } from "../../../src/engine/semantics.js";
import { fhirSamples, lostLeaves, rmSamples, toFhirElement, toRmValue } from "./data-type-samples.js";

/** An entry of docs/data-types.json. */
export interface PairClaim extends Fidelity {
  readonly openEhr: string;
  readonly fhir: string;
  readonly direction: "toFhir" | "toOpenEhr";
  /** The same under v1 semantics, where that differs. */
  readonly v1?: Fidelity;
  /** The only semantics under which the pair has a rule. */
  readonly only?: Semantics["name"];
  /** The members of `Semantics` that decide about details. */
  readonly semantics?: readonly string[];
}

interface Fidelity {
  readonly fidelity: "exact" | "lossy";
  /** Members that do not come back. */
  readonly lost: readonly string[];
}

/** The pairs of the samples, each in both directions. */
const directions = ["toFhir", "toOpenEhr"] as const;
type Direction = (typeof directions)[number];

/** Converts every sample to every type and back, and gives what came of it. */
export function measurePairs(): readonly PairClaim[] {
  return [...rmSamples.keys()].flatMap((openEhr) =>
    [...fhirSamples.keys()].flatMap((fhir) => directions.flatMap((direction) => claim(openEhr, fhir, direction) ?? [])),
  );
}

function claim(openEhr: string, fhir: string, direction: Direction): PairClaim | undefined {
  const measured = (semantics: Semantics) => measure(openEhr, fhir, direction, { timeZone: "UTC", semantics });
  const today = measured(openFhirSemantics);
  const v1 = measured(v1Semantics);
  const [sooner, later] = [fidelityOf(today), fidelityOf(v1)];
  const own = sooner ?? later;
  if (own === undefined) return undefined;
  const members = decidingMembers((semantics) => JSON.stringify(measured(semantics)));
  return {
    openEhr,
    fhir,
    direction,
    ...own,
    ...(later !== undefined && JSON.stringify(later) !== JSON.stringify(own) && { v1: later }),
    ...(sooner === undefined && { only: "v1" as const }),
    ...(later === undefined && { only: "openfhir" as const }),
    ...(members.length > 0 && { semantics: members }),
  };
}

/** The members of `Semantics` that change the outcome when they alone are those of v1, or those of openFHIR. */
function decidingMembers(outcome: (semantics: Semantics) => string): readonly string[] {
  return Object.keys(openFhirSemantics).filter((member) => {
    const changed = (from: Semantics, to: Semantics) =>
      outcome({ ...from, [member]: to[member as keyof Semantics] }) !== outcome(from);
    return changed(openFhirSemantics, v1Semantics) || changed(v1Semantics, openFhirSemantics);
  });
}

/** What one sample becomes, and what of it does not come back. */
interface Outcome {
  readonly carried: unknown;
  readonly lost: readonly string[];
}

function measure(
  openEhr: string,
  fhir: string,
  direction: Direction,
  run: ConversionContext,
): readonly (Outcome | undefined)[] {
  if (direction === "toFhir") {
    return (rmSamples.get(openEhr) ?? []).map((value) => {
      const carried = toFhirElement(value, fhir, run);
      return carried === undefined
        ? undefined
        : { carried, lost: lostLeaves(value, toRmValue(carried, fhir, openEhr, run)) };
    });
  }
  return (fhirSamples.get(fhir) ?? []).map((value) => {
    const carried = toRmValue(value, fhir, openEhr, run);
    return carried === undefined ? undefined : { carried, lost: lostLeaves(value, toFhirElement(carried, fhir, run)) };
  });
}

function fidelityOf(outcomes: readonly (Outcome | undefined)[]): Fidelity | undefined {
  const taken = outcomes.filter((outcome) => outcome !== undefined);
  if (taken.length === 0) return undefined;
  const lost = [...new Set(taken.flatMap((outcome) => outcome.lost))].sort();
  return { fidelity: lost.length === 0 ? "exact" : "lossy", lost };
}
