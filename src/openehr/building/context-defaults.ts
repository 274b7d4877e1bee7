import type { RmObject } from "../rm/rm-object.js";

/**
 * Values for places that a composition leaves empty, as the `ctx/` shortcuts of FLAT give them (openehr-formats 11).
 * They come before the defaults of `CompositionSettings` and after everything written into the draft.
 */
export interface CompositionContextDefaults {
  /** Language of the composition and its entries, an ISO 639-1 code. */
  readonly language?: string;
  /** ISO 3166-1 alpha-2 code. */
  readonly territory?: string;
  readonly composer?: RmObject;
  /** Start of the event context, time of ACTIONs, origin of HISTORYs. */
  readonly time?: string;
  readonly endTime?: string;
  /** Goes before {@link CompositionContextDefaults.time} for the origin of HISTORYs. */
  readonly historyOrigin?: string;
  /** Goes before {@link CompositionContextDefaults.time} for the time of ACTIONs. */
  readonly actionTime?: string;
  /** Value of the timing of ACTIVITYs. */
  readonly activityTiming?: string;
  /** Provider of every entry. */
  readonly provider?: RmObject;
  readonly healthCareFacility?: RmObject;
  /** `current_state` of every ISM_TRANSITION, complete. */
  readonly currentState?: RmObject;
  readonly narrative?: string;
  readonly location?: string;
  /** `setting` of the event context, complete. */
  readonly setting?: RmObject;
  /** Participations of the event context and of every entry without its own. */
  readonly participations?: readonly RmObject[];
  /** `workflow_id` of every entry, an OBJECT_REF. */
  readonly workflowId?: RmObject;
  /** Links of the composition. */
  readonly links?: readonly RmObject[];
  /** Completes references to parties that have an id but no scheme. */
  readonly idScheme?: string;
  /** Completes references to parties that have an id but no namespace. */
  readonly idNamespace?: string;
}
