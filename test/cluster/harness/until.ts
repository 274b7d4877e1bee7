import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_MILLISECONDS = 30_000;
const ASK_AGAIN_MILLISECONDS = 10;

/** Waits until a condition holds; rejects with `what` when it never does. A condition that throws does not hold yet. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const givenUpAt = performance.now() + LONGEST_MILLISECONDS;
  let failure = "";
  while (performance.now() < givenUpAt) {
    try {
      if (await condition()) return;
      failure = "";
    } catch (error) {
      failure = ` (${String(error)})`;
    }
    await sleep(ASK_AGAIN_MILLISECONDS);
  }
  throw new Error(`never happened: ${what}${failure}`);
}
