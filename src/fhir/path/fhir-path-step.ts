/** One step of a FHIR path of the plain subset. Columns count from 1. */
export type FhirPathStep =
  | ChildStep
  | { readonly kind: "resource-type"; readonly name: string; readonly column: number }
  | { readonly kind: "index"; readonly index: number; readonly column: number }
  | { readonly kind: "first"; readonly column: number }
  | CastStep
  | { readonly kind: "resolve"; readonly column: number }
  | { readonly kind: "extension"; readonly url: string; readonly column: number }
  | WhereStep;

export interface ChildStep {
  readonly kind: "child";
  readonly name: string;
  readonly column: number;
}

/** `as(T)` or `ofType(T)`. */
export interface CastStep {
  readonly kind: "cast";
  /** FHIR name of the type; as written when the version has no such type. */
  readonly type: string;
  readonly known: boolean;
  readonly column: number;
}

export interface WhereStep {
  readonly kind: "where";
  /** Absent when the criteria are more than `path = 'literal'`. */
  readonly equals?: { readonly steps: readonly FhirPathStep[]; readonly literal: string | number | boolean };
  readonly column: number;
}

/** A FHIR path after reading. */
export type ParsedFhirPath =
  | { readonly kind: "plain"; readonly text: string; readonly steps: readonly FhirPathStep[] }
  | {
      /** Needs a FHIRPath engine to be evaluated. */
      readonly kind: "general";
      readonly text: string;
      /**
       * Given when only criteria of `where()` go beyond the plain subset: creation drops them, so it can still follow
       * the path (engine-behaviour 6.6).
       */
      readonly steps?: readonly FhirPathStep[];
    };
