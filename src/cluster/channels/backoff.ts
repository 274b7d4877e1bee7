/**
 * How long to wait before the next attempt: doubled with every failure up to the maximum, and somewhere between half
 * and all of that, so that nodes which lost the same server do not come back in step.
 */
export function backoff(failures: number, minimum: number, maximum: number): number {
  const full = Math.min(maximum, minimum * 2 ** Math.min(failures, 30));
  return full / 2 + (Math.random() * full) / 2;
}
