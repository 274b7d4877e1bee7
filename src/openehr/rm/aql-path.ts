/** One step of an openEHR path: `items[at0004 and name/value='Systolic']`. */
export interface AqlSegment {
  readonly attribute: string;
  /** at-code or archetype id. */
  readonly nodeId?: string;
  /** Name predicate, unescaped. */
  readonly name?: string;
}

export type AqlPath = readonly AqlSegment[];
