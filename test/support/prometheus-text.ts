/** One line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** A scrape: the text format of Prometheus, version 0.0.4, read strictly. */
export interface Scrape {
  /** Type of every metric, also of those without samples. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ScrapedSample[];
}

const escaped: ReadonlyMap<string, string> = new Map([
  ["\\\\", "\\"],
  ['\\"', '"'],
  ["\\n", "\n"],
]);

/** Reads a scrape; throws on a line that is none of the format and on a sample that was announced by no TYPE line. */
export function readScrape(text: string): Scrape {
  const types = new Map<string, string>();
  const samples: ScrapedSample[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# HELP ")) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type?.[1] !== undefined && type[2] !== undefined) {
      if (types.has(type[1])) throw new Error(`two metrics are called ${type[1]}`);
      types.set(type[1], type[2]);
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample?.[1] === undefined || sample[3] === undefined) throw new Error(`not a line of a scrape: ${line}`);
    if (!types.has(metricOf(sample[1], types))) throw new Error(`no TYPE line before: ${line}`);
    samples.push({ name: sample[1], labels: readLabels(sample[2] ?? ""), value: readValue(sample[3]) });
  }
  return { types, samples };
}

/** The metric that a sample belongs to: samples of a histogram have endings of their own. */
export function metricOf(sample: string, types: ReadonlyMap<string, string>): string {
  const base = sample.replace(/_(?:bucket|sum|count)$/, "");
  return types.get(base) === "histogram" || types.get(base) === "summary" ? base : sample;
}

/** The value of the one sample with this name and these labels; undefined when there is none. */
export function sampleValue(
  { samples }: Scrape,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const fitting = samples.filter(
    (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels.get(label) === value),
  );
  if (fitting.length > 1) throw new Error(`${fitting.length} samples of ${name} fit ${JSON.stringify(labels)}`);
  return fitting[0]?.value;
}

function readLabels(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/y;
  while (label.lastIndex < text.length) {
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not labels: ${text}`);
    labels.set(
      name,
      value.replace(/\\./g, (sequence) => escaped.get(sequence) ?? sequence),
    );
  }
  return labels;
}

function readValue(text: string): number {
  if (text === "Nan" || text === "NaN") return Number.NaN;
  const value = text === "+Inf" ? Infinity : Number(text);
  if (Number.isNaN(value)) throw new Error(`not a value: ${text}`);
  return value;
}
