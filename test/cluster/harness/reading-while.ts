import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MILLISECONDS = 5;

/** Reads through each entry again and again while the work is done. Rejects as the work does, and as a read does. */
export async function readingWhile<Entry>(
  entries: readonly Entry[],
  read: (entry: Entry) => Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  let working = true;
  const readers = entries.map(async (entry) => {
    while (working) {
      await read(entry);
      await sleep(PAUSE_MILLISECONDS);
    }
  });
  const ended = Promise.all(readers);
  ended.catch(() => {});
  try {
    await work();
  } finally {
    working = false;
    await ended;
  }
}
