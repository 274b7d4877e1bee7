import type { Revision } from "../store/stored.js";

/** How far this node is behind what its channel has told it. */
export class ChannelLag {
  #told: Revision | undefined;

  /** A message says that the log goes up to there. */
  told(revision: Revision): void {
    const before = this.#told;
    if (before?.epoch !== revision.epoch || before.position < revision.position) this.#told = revision;
  }

  /** The furthest that was told so far; to be handed to {@link ChannelLag.looked} by a look that begins now. */
  get furthest(): Revision | undefined {
    return this.#told;
  }

  /** A look into the log that began when `furthest` had been told has found this head: what goes beyond it was not true. */
  looked(furthest: Revision | undefined, head: Revision): void {
    if (furthest === undefined || this.#told !== furthest) return;
    if (furthest.epoch !== head.epoch || furthest.position > head.position) this.#told = undefined;
  }

  /** Writes that the channel has told of and that are not applied. */
  positions(applied: Revision | undefined): number {
    const told = this.#told;
    return told === undefined || applied?.epoch !== told.epoch ? 0 : Math.max(0, told.position - applied.position);
  }
}
