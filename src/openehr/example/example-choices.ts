import { RandomSource } from "./random-source.js";

/**
 * How much an example shows: only what must be there; every node of the template, where alternatives leave the choice at
 * least once; or anything in between that is valid, as the seed has it.
 */
export type ExampleExtent = "minimal" | "maximal" | "random";

/** Repeated nodes inside of repeated nodes would multiply: deeper ones occur once. */
const DEEPEST_REPETITION = 2;
const SHARE_OF_OPTIONAL = 0.5;
const SHARE_OF_EXTRAS = 0.12;

/** Every choice that is made while an example is written. */
export class ExampleChoices {
  readonly extent: ExampleExtent;
  readonly random: RandomSource;

  constructor(extent: ExampleExtent, seed: number) {
    this.extent = extent;
    this.random = new RandomSource(seed);
  }

  /** Whether something optional is shown that the template describes. */
  includes(): boolean {
    if (this.extent === "random") return this.random.chance(SHARE_OF_OPTIONAL);
    return this.extent === "maximal";
  }

  /** Whether something is shown that only the reference model knows: links, audits, reference ranges. */
  includesExtra(): boolean {
    return this.extent === "random" && this.random.chance(SHARE_OF_EXTRAS);
  }

  /**
   * How often a node occurs.
   * @param most -1 when unbounded
   * @param kinds how many kinds of things may stand there, each of which a maximal example wants to show
   * @param depth how many repeated nodes it stands in
   */
  occurrences(least: number, most: number, kinds: number, depth: number): number {
    const upTo = (wanted: number): number => Math.max(least, most < 0 ? wanted : Math.min(wanted, most));
    switch (this.extent) {
      case "minimal":
        return least;
      case "maximal":
        return upTo(depth < DEEPEST_REPETITION ? Math.max(kinds, 1) : 1);
      case "random":
        return this.includes() ? upTo(this.random.integer(1, depth < DEEPEST_REPETITION ? 3 : 1)) : least;
      default:
        return this.extent satisfies never;
    }
  }

  /**
   * One of some alternatives; undefined when there are none.
   * @param turn position among siblings: a maximal example takes them by turns
   */
  alternative<Item>(items: readonly Item[], turn: number): Item | undefined {
    return this.extent === "random" ? this.random.pick(items) : items[turn % Math.max(1, items.length)];
  }
}
