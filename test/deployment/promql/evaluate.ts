import type { Binary, Expression, Grouping, Selector } from "./syntax.js";

/** A series of a metric: its labels, `__name__` among them, and its values in order of time. */
export interface Series {
  readonly labels: ReadonlyMap<string, string>;
  readonly points: readonly Point[];
}

export interface Point {
  readonly seconds: number;
  readonly value: number;
}

/** One element of an instant vector. */
export interface Element {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

type Vector = readonly Element[];
type Value = number | Vector | { readonly range: readonly Series[] };

/** For how long a series is taken to have its last value, as in Prometheus. */
const lookBackSeconds = 300;

/** The instant vector that an expression has at a time; a number becomes an element without labels. Throws for what is not known. */
export function evaluate(expression: Expression, series: readonly Series[], seconds: number): Vector {
  return vectorOf(new Evaluation(series, seconds).value(expression));
}

class Evaluation {
  readonly #series: readonly Series[];
  readonly #now: number;

  constructor(series: readonly Series[], now: number) {
    this.#series = series;
    this.#now = now;
  }

  value(expression: Expression): Value {
    switch (expression.type) {
      case "number":
        return expression.value;
      case "selector":
        return this.#select(expression);
      case "call":
        return this.#call(expression.name, expression.operand);
      case "binary":
        return combine(expression, this.value(expression.left), this.value(expression.right));
    }
  }

  #select({ name, matchers, rangeSeconds }: Selector): Value {
    const fitting = this.#series.filter(
      ({ labels }) =>
        (name === undefined || labels.get("__name__") === name) &&
        matchers.every(({ label, operator, value }) => matches(labels.get(label) ?? "", operator, value)),
    );
    const from = this.#now - (rangeSeconds ?? lookBackSeconds);
    const within = fitting
      .map(({ labels, points }) => ({
        labels,
        points: points.filter((point) => point.seconds >= from && point.seconds <= this.#now),
      }))
      .filter(({ points }) => points.length > 0);
    if (rangeSeconds !== undefined) return { range: within };
    return within.map(({ labels, points }) => ({ labels, value: points.at(-1)?.value ?? Number.NaN }));
  }

  #call(name: string, operand: Expression): Value {
    const value = this.value(operand);
    const reduce = overRange.get(name);
    if (reduce === undefined) throw new Error(`the function ${name} is not known`);
    if (typeof value === "number" || !("range" in value)) throw new Error(`${name}() needs a range`);
    const range = { from: this.#now - rangeOf(operand), to: this.#now };
    return value.range.flatMap(({ labels, points }) => {
      const reduced = reduce(points, range);
      return reduced === undefined ? [] : [{ labels: without(labels, ["__name__"]), value: reduced }];
    });
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Functions of the points in a range, of which there is at least one; undefined where they have no value. */
const overRange: ReadonlyMap<string, (points: readonly Point[], range: Range) => number | undefined> = new Map([
  ["changes", (points) => steps(points).filter(([before, after]) => after.value !== before.value).length],
  ["resets", (points) => steps(points).filter(([before, after]) => after.value < before.value).length],
  ["increase", increase],
]);

/** Each point with the one before it. */
function steps(points: readonly Point[]): (readonly [Point, Point])[] {
  return points.slice(1).map((after, index) => [points[index] ?? after, after]);
}

/** How far a counter went on, starts from zero included, stretched to the edges of the range as Prometheus does. */
function increase(points: readonly Point[], { from, to }: Range): number | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  const grown = steps(points)
    .map(([before, after]) => after.value - (after.value < before.value ? 0 : before.value))
    .reduce((total, step) => total + step, 0);
  const covered = last.seconds - first.seconds;
  const usual = covered / (points.length - 1);
  const stretch = (gap: number) => (gap < usual * 1.1 ? gap : usual / 2);
  const untilZero = grown > 0 ? (covered * first.value) / grown : Number.POSITIVE_INFINITY;
  const before = Math.min(first.seconds - from, untilZero);
  return (grown * (covered + stretch(before) + stretch(to - last.seconds))) / covered;
}

function rangeOf(expression: Expression): number {
  return expression.type === "selector" ? (expression.rangeSeconds ?? 0) : 0;
}

function matches(actual: string, operator: string, wanted: string): boolean {
  const equal = operator.includes("~") ? new RegExp(`^(?:${wanted})$`).test(actual) : actual === wanted;
  return operator.startsWith("!") ? !equal : equal;
}

function combine(binary: Binary, left: Value, right: Value): Value {
  const { operator } = binary;
  const compares = comparisons.has(operator);
  if (typeof left === "number" && typeof right === "number") {
    if (compares) throw new Error("two numbers are compared only with bool");
    return calculate(operator, left, right);
  }
  if (typeof right === "number") return each(vectorOf(left), operator, (value) => [value, right]);
  if (typeof left === "number") return each(vectorOf(right), operator, (value) => [left, value]);
  const key = ({ labels }: Element) => keyOf(group(labels, binary.matching ?? { keep: false, labels: [] }));
  const one = new Map(vectorOf(right).map((element) => [key(element), element]));
  switch (operator) {
    case "and":
      return vectorOf(left).filter((element) => one.has(key(element)));
    case "unless":
      return vectorOf(left).filter((element) => !one.has(key(element)));
    case "or": {
      const taken = new Set(vectorOf(left).map(key));
      return [...vectorOf(left), ...vectorOf(right).filter((element) => !taken.has(key(element)))];
    }
    default:
      return join(binary, vectorOf(left), vectorOf(right), key);
  }
}

/** Pairs the elements of both sides, of which no two may fit the same. */
function join(binary: Binary, left: Vector, right: Vector, key: (element: Element) => string): Vector {
  const partners = groupedBy(right, key);
  const taken = new Set<string>();
  return left.flatMap((element) => {
    const [partner, ...others] = partners.get(key(element)) ?? [];
    if (partner === undefined) return [];
    if (others.length > 0 || taken.has(key(element))) {
      throw new Error(`several elements fit each other in ${binary.operator}`);
    }
    taken.add(key(element));
    if (comparisons.has(binary.operator)) {
      return compare(binary.operator, element.value, partner.value) ? [element] : [];
    }
    const value = calculate(binary.operator, element.value, partner.value);
    return [{ labels: group(element.labels, binary.matching), value }];
  });
}

/** A comparison with a number keeps the elements for which it holds, with their values; arithmetic drops the name. */
function each(vector: Vector, operator: string, pair: (value: number) => readonly [number, number]): Vector {
  if (comparisons.has(operator)) return vector.filter(({ value }) => compare(operator, ...pair(value)));
  return vector.map(({ labels, value }) => ({
    labels: without(labels, ["__name__"]),
    value: calculate(operator, ...pair(value)),
  }));
}

const comparisons: ReadonlySet<string> = new Set(["==", "!=", ">", "<", ">=", "<="]);

function compare(operator: string, left: number, right: number): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case ">":
      return left > right;
    case "<":
      return left < right;
    case ">=":
      return left >= right;
    default:
      return left <= right;
  }
}

function calculate(operator: string, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      throw new Error(`${operator} is not known between numbers`);
  }
}

function vectorOf(value: Value): Vector {
  if (typeof value === "number") return [{ labels: new Map(), value }];
  if ("range" in value) throw new Error("a range has no value of now");
  return value;
}

function group(labels: ReadonlyMap<string, string>, grouping: Grouping | undefined): ReadonlyMap<string, string> {
  if (grouping?.keep !== true) return without(labels, ["__name__", ...(grouping?.labels ?? [])]);
  return new Map([...labels].filter(([label]) => grouping.labels.includes(label)));
}

function without(labels: ReadonlyMap<string, string>, dropped: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...labels].filter(([label]) => !dropped.includes(label)));
}

function keyOf(labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([...labels].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function groupedBy(vector: Vector, key: (element: Element) => string): ReadonlyMap<string, Vector> {
  const groups = new Map<string, Element[]>();
  for (const element of vector) {
    const group = groups.get(key(element));
    if (group === undefined) groups.set(key(element), [element]);
    else group.push(element);
  }
  return groups;
}
