import { readScrape, type Scrape } from "../../support/prometheus-text.js";
import type { AlertRule } from "./alert-rules.js";
import { evaluate, type Point, type Series } from "./evaluate.js";
import { durationSeconds, parseExpression } from "./syntax.js";

/** How often targets are scraped and rules evaluated. */
export const intervalSeconds = 15;

/** Keeps what was scraped and judges rules on it as Prometheus does: scrapes and evaluations every 15 seconds. */
export class SimulatedPrometheus {
  readonly #series = new Map<string, { labels: ReadonlyMap<string, string>; points: Point[] }>();
  #seconds = 0;

  /** The time of the last scrape. */
  get lastSeconds(): number {
    return this.#seconds - intervalSeconds;
  }

  /** Everything scraped so far. */
  get series(): readonly Series[] {
    return [...this.#series.values()];
  }

  /** Takes in one scrape of every target, each with the labels that Prometheus adds, and lets the interval pass. */
  scraped(targets: readonly { readonly text: string; readonly labels: Readonly<Record<string, string>> }[]): void {
    for (const { text, labels } of targets) this.#keep(readScrape(text), labels);
    this.#seconds += intervalSeconds;
  }

  /** Whether the alert fires at the last scrape: its expression has held at every evaluation for as long as `for` says. */
  fires(rule: AlertRule): boolean {
    const expression = parseExpression(rule.expr);
    const heldSince = new Map<string, number>();
    const last = this.lastSeconds;
    for (let now = 0; now <= last; now += intervalSeconds) {
      const holding = evaluate(expression, this.series, now).map(({ labels }) => JSON.stringify([...labels].sort()));
      for (const key of [...heldSince.keys()]) if (!holding.includes(key)) heldSince.delete(key);
      for (const key of holding) if (!heldSince.has(key)) heldSince.set(key, now);
    }
    return [...heldSince.values()].some((since) => last - since >= durationSeconds(rule.for ?? "0s"));
  }

  #keep({ samples }: Scrape, added: Readonly<Record<string, string>>): void {
    for (const { name, labels, value } of samples) {
      const all = new Map([["__name__", name], ...labels, ...Object.entries(added)]);
      const key = JSON.stringify([...all]);
      const kept = this.#series.get(key) ?? { labels: all, points: [] };
      this.#series.set(key, kept);
      kept.points.push({ seconds: this.#seconds, value });
    }
  }
}
