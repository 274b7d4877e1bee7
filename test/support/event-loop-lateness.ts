import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between samples. */
const RESOLUTION = 1;

/**
 * How late the event loop is while some work goes on: the 99th percentile in milliseconds. Samples as `monitorEventLoopDelay`
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
  samples.sort((one, other) => one - other);
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * 0.99))] ?? Number.POSITIVE_INFINITY;
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
