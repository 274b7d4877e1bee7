import type { RmObject } from "../rm/rm-object.js";

/** What completing a composition takes from its surroundings when neither the draft nor the template say it. */
export interface CompositionSettings {
  /** Local date and time without offset, for every time that nothing else determines. */
  readonly now: () => string;
  /** ISO 639-1; the default language of the template when left out. */
  readonly language?: string;
  /** ISO 3166-1 alpha-2; without it a composition without territory stays without. */
  readonly territory?: string;
  /** PARTY_SELF when left out. */
  readonly composer?: RmObject;
}
