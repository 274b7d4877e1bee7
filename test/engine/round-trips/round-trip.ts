import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { ChangedInput } from "../mutations/changed-input.js";
import { generalPath, type Leaf, leavesOf } from "../mutations/json-leaves.js";
import { outcomeOf, runOnce, type Subject } from "../mutations/mapping-subjects.js";

/** A value that a round trip lost or added, and why. */
export interface Change {
  readonly kind: "lost" | "added";
  readonly path: string;
  readonly value: unknown;
  /** Undefined when nothing explains it. */
  readonly why: string | undefined;
}

export interface RoundTrip {
  readonly kept: number;
  readonly changes: readonly Change[];
}

/** Maps an input there and back with the same mapping, and explains what came back differently. */
export function roundTrip(subject: Subject): RoundTrip {
  return new Comparison(subject).changes();
}

type Counts = ReadonlyMap<string, number>;

/** A value at its place, positions in lists left out. */
function keyOf({ path, value }: Leaf): string {
  return `${generalPath(path)} = ${JSON.stringify(value)}`;
}

function countsOf(document: JsonValue): Counts {
  const counts = new Map<string, number>();
  for (const leaf of leavesOf(document)) counts.set(keyOf(leaf), (counts.get(keyOf(leaf)) ?? 0) + 1);
  return counts;
}

/** The leaves of one document that another has not, each as often as it has them more. */
function surplus(document: JsonValue, other: JsonValue): readonly Leaf[] {
  const left = new Map(countsOf(other));
  return leavesOf(document).filter((leaf) => {
    const count = left.get(keyOf(leaf)) ?? 0;
    left.set(keyOf(leaf), count - 1);
    return count <= 0;
  });
}

const compositionDefaults =
  /^(\[\])?\/(language|territory|composer|category|archetype_details|context\/(start_time|setting|_type))|\/(language|encoding|subject|time|origin|math_function|action_archetype_id|ism_transition|null_flavour|archetype_details|narrative|timing|_type|archetype_node_id)(\/|$)|^\/(type|resourceType)$/;

class Comparison {
  readonly #subject: Subject;
  readonly #there: Subject;
  readonly #thereResult: JsonObject;
  readonly #backResult: JsonObject;
  readonly #first: ChangedInput;
  readonly #second: ChangedInput;
  /** Values of the result that move with a value of the input. */
  readonly #moving = new Set<string>();

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#thereResult = runOnce(subject.mapper, subject.direction, subject.input());
    const direction = subject.direction === "tofhir" ? "toopenehr" : "tofhir";
    const { mapper, texts, id } = subject;
    this.#there = { id, mapper, texts, direction, input: () => structuredClone(this.#thereResult) };
    this.#backResult = runOnce(mapper, direction, this.#there.input());
    this.#first = new ChangedInput(subject);
    this.#second = new ChangedInput(this.#there);
  }

  changes(): RoundTrip {
    const input = this.#subject.input();
    const lost = surplus(input, this.#backResult);
    const changes: Change[] = lost.map((leaf) => ({
      kind: "lost",
      path: generalPath(leaf.path),
      value: leaf.value,
      why: this.#whyLost(leaf),
    }));
    for (const leaf of surplus(this.#backResult, input)) {
      changes.push({ kind: "added", path: generalPath(leaf.path), value: leaf.value, why: this.#whyAdded(leaf) });
    }
    return { kept: leavesOf(input).length - lost.length, changes };
  }

  #whyLost(leaf: Leaf): string | undefined {
    if (!this.#first.isRead(leaf.path)) return "no rule reads it";
    const silence = this.#first.silence(leaf);
    if (silence !== undefined) return silence === "silent" ? undefined : silence;
    const outcome = this.#first.outcome(leaf);
    if (!("result" in outcome)) return "the rules need it and do not carry it";
    const carriers = surplus(this.#thereResult, outcome.result);
    const back = outcomeOf(this.#there.mapper, this.#there.direction, structuredClone(outcome.result));
    if (!("result" in back)) return "the rules need it and do not carry it";
    const moved = surplus(this.#backResult, back.result);
    for (const one of moved) this.#moving.add(keyOf(one));
    if (moved.length > 0) {
      const [to] = moved;
      return `comes back in another form${to === undefined ? "" : `, at ${generalPath(to.path)}`}`;
    }
    if (surplus(back.result, this.#backResult).length > 0) return "a condition decides by it, and no rule carries it";
    const [carrier] = carriers;
    if (carrier === undefined) return "a condition decides by it, and no rule carries it";
    if (carriers.every(({ path }) => !this.#second.isRead(path))) {
      return `no rule reads it back from ${generalPath(carrier.path)}`;
    }
    const read = carriers.filter(({ path }) => this.#second.isRead(path));
    const [silent] = read
      .map((one) => this.#second.silence(one))
      .filter((why) => why !== undefined && why !== "silent");
    return silent ?? (read.length === 0 ? undefined : this.#whyNotBack(read));
  }

  /** Single carriers show, and still the original value makes no difference: it came along with others. */
  #whyNotBack(carriers: readonly Leaf[]): string | undefined {
    const shows = carriers.some((leaf) => this.#second.silence(leaf) === undefined);
    return shows
      ? "a rule carries it there together with other values, and it does not decide what comes back"
      : undefined;
  }

  #whyAdded(leaf: Leaf): string | undefined {
    const { texts, direction } = this.#subject;
    if (leaf.value === "http://openehr.org/identifier/assigner")
      return "the system that every assigner of a DV_IDENTIFIER gets";
    if (this.#moving.has(keyOf(leaf))) return "another form of what is lost";
    const text = JSON.stringify(leaf.value).slice(1, -1);
    if (text !== "" && texts.mappings.some((mapping) => mapping.text.includes(text))) return "constant of a rule";
    if (direction === "tofhir" && compositionDefaults.test(generalPath(leaf.path))) return "a composition needs it";
    if (typeof leaf.value === "string" && texts.template.text.includes(leaf.value)) return "the template has it";
    if (direction === "toopenehr" && compositionDefaults.test(generalPath(leaf.path))) return "a Bundle needs it";
    return this.#movesWith(leaf);
  }

  /** Values that were kept where they are may give others beside them. */
  #movesWith(leaf: Leaf): string | undefined {
    for (const one of leavesOf(this.#subject.input())) {
      if (!this.#first.isRead(one.path)) continue;
      const outcome = this.#first.outcome(one);
      if (!("result" in outcome)) continue;
      const back = outcomeOf(this.#there.mapper, this.#there.direction, structuredClone(outcome.result));
      if (!("result" in back)) continue;
      for (const moved of surplus(this.#backResult, back.result)) this.#moving.add(keyOf(moved));
      if (leaf.value === "http://openehr.org/identifier/assigner")
        return "the system that every assigner of a DV_IDENTIFIER gets";
      if (this.#moving.has(keyOf(leaf))) return `made of ${generalPath(one.path)}`;
    }
    const own = JSON.stringify(leaf.value).startsWith('"#') || leaf.path.at(-1) === "id";
    return own ? "contained resources are numbered anew" : undefined;
  }
}
