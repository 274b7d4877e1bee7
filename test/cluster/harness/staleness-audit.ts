import type { Acknowledged, Mapped } from "./stored-set.js";

/** What writers were told, against which answers are judged; times are monotonic. */
export class StalenessAudit {
  readonly #boundMilliseconds: number;
  readonly #writes: { readonly version: number; readonly answeredAt: number }[] = [];
  readonly stale: string[] = [];
  answers = 0;

  /**
   * `boundMilliseconds`: an answer to a request that was sent so long after a write was acknowledged shows that write.
   * 0: every answer that was asked for after it does.
   */
  constructor(boundMilliseconds: number) {
    this.#boundMilliseconds = boundMilliseconds;
  }

  written(version: number, { answeredAt }: Pick<Acknowledged, "answeredAt">): void {
    this.#writes.push({ version, answeredAt });
  }

  /** Judges an answer; it is remembered when it is older than it may be. */
  answered({ model, answer }: Pick<Mapped, "model" | "answer">): void {
    this.answers++;
    const due = this.#writes.filter(({ answeredAt }) => answeredAt < answer.sentAt - this.#boundMilliseconds);
    const least = Math.max(0, ...due.map(({ version }) => version));
    if (model >= least) return;
    const since = due.find(({ version }) => version > model);
    const age = answer.sentAt - (since?.answeredAt ?? answer.sentAt);
    this.stale.push(`v${model} instead of v${least}, ${Math.round(age)} ms after the next write was acknowledged`);
  }
}
