import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { RandomSource } from "../../../src/openehr/example/random-source.js";

/** What all inputs of a kind together may leave in memory, once what nobody holds is collected. */
const MOST_RETAINED_MEGABYTES = 64;
/** A single input that takes so long hangs: others take a few milliseconds. */
const HANGS_SECONDS = 30;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/**
 * Tries something on many inputs, each from a seed of its own that a failure names, and prints how many were read rather
 * than refused, the longest time, and the memory at its highest and left behind.
 * @param use makes an input and uses it; true when it was read
 * @returns how many inputs were read
 */
export function measuredInputs(
  kind: string,
  count: number,
  seed: number,
  use: (random: RandomSource) => boolean,
): number {
  use(new RandomSource(seed));
  const before = heapMegabytes();
  const begin = performance.now();
  let read = 0;
  let longest = 0;
  let highest = 0;
  /** One for each reason. */
  const failures = new Map<string, string>();
  for (let input = 0; input < count; input++) {
    const own = Math.imul(seed, 0x9e3779b1) + input;
    const start = performance.now();
    try {
      if (use(new RandomSource(own))) read++;
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.set(reason.replace(/\d+/g, "#").slice(0, 300), `${kind}, input of seed ${own}: ${reason}`);
    }
    longest = Math.max(longest, performance.now() - start);
    if (input % 64 === 0) highest = Math.max(highest, process.memoryUsage().heapUsed / 2 ** 20);
  }
  const retained = heapMegabytes() - before;
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `${kind}: ${count} inputs, ${read} read, ${count - read} refused, ${seconds.toFixed(0)} s, longest ${longest.toFixed(0)} ms, ` +
      `heap at most ${highest.toFixed(0)} MB, ${retained.toFixed(1)} MB left behind`,
  );
  expect([...failures.values()].slice(0, 10)).toEqual([]);
  expect(retained).toBeLessThan(MOST_RETAINED_MEGABYTES);
  expect(longest).toBeLessThan(HANGS_SECONDS * 1000);
  return read;
}
