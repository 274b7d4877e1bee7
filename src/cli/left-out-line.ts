import type { LeftOutReason } from "../openehr/building/left-out.js";

/** What is said of something in the input that is not taken over. */
export function leftOutLine(path: string, reason: LeftOutReason): string {
  return `Not taken over, as ${reason}: ${path}`;
}
