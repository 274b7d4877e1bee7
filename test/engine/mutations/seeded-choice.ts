/** Whether the tests run at full length (CAUSEWAY_TEST_LENGTH=long). */
export const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";

/**
 * A sequence of numbers in [0, 1) that is the same for the same seed (mulberry32), so that a failure can be seen again.
 * The seed itself may be set with CAUSEWAY_TEST_SEED.
 */
export function seededNumbers(seed: string): () => number {
  let state = 0x9e3779b9;
  for (const character of `${process.env.CAUSEWAY_TEST_SEED ?? ""}${seed}`) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x85ebca6b) >>> 0;
  }
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The whole list at full length; otherwise a seeded tenth of it in its own order, at least one. */
export function tenthOf<T>(list: readonly T[], seed: string): readonly T[] {
  if (isLong) return list;
  const next = seededNumbers(seed);
  const chosen = list.filter(() => next() < 0.1);
  return chosen.length > 0 ? chosen : list.slice(0, 1);
}

/** The list in a seeded order. */
export function shuffled<T>(list: readonly T[], next: () => number): readonly T[] {
  return list
    .map((item) => ({ item, at: next() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
