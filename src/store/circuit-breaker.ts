/**
 * Keeps callers away from a helper that fails, so that a dead one costs a few tries and not one each time. *Closed*: every
 * caller may try. `failuresToOpen` failures in a row → *open*: nobody may for `pauseMilliseconds` → *half open*: one caller
 * may; its success closes, its failure opens again. Time is monotonic.
 */
export class CircuitBreaker {
  readonly #failuresToOpen: number;
  readonly #pauseMilliseconds: number;
  readonly #now: () => number;
  #failures = 0;
  #isClosed = true;
  #tryAgainAt = 0;

  constructor(failuresToOpen: number, pauseMilliseconds: number, now: () => number = () => performance.now()) {
    this.#failuresToOpen = failuresToOpen;
    this.#pauseMilliseconds = pauseMilliseconds;
    this.#now = now;
  }

  /** Whether the helper may be tried now. Who is told yes says afterwards how it went. */
  allows(): boolean {
    if (this.#isClosed) return true;
    const now = this.#now();
    if (now < this.#tryAgainAt) return false;
    // The others wait for the outcome of this one try, at most another pause.
    this.#tryAgainAt = now + this.#pauseMilliseconds;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isClosed = true;
  }

  /** True when this failure opened a closed breaker: the moment to tell an operator. */
  failed(): boolean {
    this.#failures++;
    if (this.#failures < this.#failuresToOpen) return false;
    const opened = this.#isClosed;
    this.#isClosed = false;
    this.#tryAgainAt = this.#now() + this.#pauseMilliseconds;
    return opened;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }
}
