import { Counter, Gauge, type Registry } from "prom-client";

/** One value of a metric, with the values of its labels. */
export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** A metric whose numbers are kept elsewhere and are read when it is scraped. */
export interface ReadMetric<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  /** What it is now; a metric without samples says nothing, not zero. */
  readonly samples: () => readonly Sample<Label>[];
}

/** Adds a counter to the registry that is read at each scrape; its source must never go back while the process lives. */
export function readCounter<Label extends string>(registry: Registry, metric: ReadMetric<Label>): void {
  new Counter<Label>({
    name: metric.name,
    help: metric.help,
    labelNames: metric.labels,
    registers: [registry],
    collect() {
      replaceSamples(this, metric);
    },
  });
}

/** Adds a gauge to the registry that is read at each scrape. */
export function readGauge<Label extends string>(registry: Registry, metric: ReadMetric<Label>): void {
  new Gauge<Label>({
    name: metric.name,
    help: metric.help,
    labelNames: metric.labels,
    registers: [registry],
    collect() {
      replaceSamples(this, metric);
    },
  });
}

function replaceSamples<Label extends string>(
  kept: Counter<Label> | Gauge<Label>,
  { labels, samples }: ReadMetric<Label>,
): void {
  kept.reset();
  // A metric without labels is reset to a zero that nobody has measured.
  if (labels.length === 0) kept.remove();
  for (const sample of samples()) kept.inc(sample.labels, sample.value);
}
