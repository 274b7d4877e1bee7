import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between samples. */
const RESOLUTION = 1;

/**
 * How late the event loop is while some work goes on, in milliseconds: what is asked of it waits longer than that in one of a
 * hundred moments. Moments count, not samples: there are none while the loop stands still, and one long stop in a second
 * would be lost among hundreds of short waits. Samples as `monitorEventLoopDelay`
 * takes them, less the time for which the thread could have run and the kernel had given its processor to somebody else:
 * what is left is what this program did on the thread, whatever else the machine was busy with.
 */
export async function eventLoopLateness(work: () => Promise<unknown>): Promise<number> {
  const samples: number[] = [];
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      const before = { at: performance.now(), kept: millisecondsKept() };
      await wait(RESOLUTION);
      const passed = performance.now() - before.at - (millisecondsKept() - before.kept);
      samples.push(Math.max(0, passed - RESOLUTION));
    }
  })();
  await wait(5 * RESOLUTION);
  await work();
  isOver = true;
  await sampling;
  return latenessOf(samples);
}

/** The wait that is exceeded in one of a hundred moments: a loop that is `late` makes moments wait for any time up to that. */
export function latenessOf(samples: readonly number[]): number {
  const longest = [...samples].sort((one, other) => other - one);
  let left = 0.01 * longest.reduce((sum, late) => sum + late + RESOLUTION, 0);
  for (const [at, late] of longest.entries()) {
    // All that are longer are shortened to the next one, as long as that is no more than one of a hundred moments.
    const shorter = longest[at + 1] ?? 0;
    const moments = (at + 1) * (late - shorter);
    if (moments > left) return late - left / (at + 1);
    left -= moments;
  }
  return 0;
}

/** For how long this thread was kept from a processor since it began; 0 where the kernel does not tell. */
function millisecondsKept(): number {
  try {
    const [, kept] = readFileSync("/proc/thread-self/schedstat", "utf8").split(" ");
    return Number(kept) / 1e6;
  } catch {
    return 0;
  }
}
