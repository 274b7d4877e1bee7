/** Whether the tests run at full length (CAUSEWAY_TEST_LENGTH=long). */
export const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";

/** How often something is done: `long` times at full length, else `short` times. */
export function rounds({ short, long }: { readonly short: number; readonly long: number }): number {
  return isLong ? long : short;
}

/** How long a test may take. */
export const longestTest = isLong ? 1_800_000 : 60_000;
