import { type ExpressionPart, parseExpression } from "./expression-syntax.js";

/** Steps that trying an expression on a text may take. */
const MOST_STEPS = 20_000_000;
const MOST_STATES = 20_000;
/** Steps that an expression may take at worst where its characters are looked at more than once. */
const MOST_STEPS_LOOKING_BACK = 500_000_000;

/** Says whether a whole text matches; undefined when the text is too long to be tried. */
export type TextExpression = (text: string) => boolean | undefined;

/**
 * Compiles a regular expression of a template for whole texts (openehr-formats 19.3). All alternatives are followed at once,
 * so that trying takes time in proportion to the text, whatever the expression repeats; templates come from outside.
 * Undefined when it is no expression, or one that looks around or back and may never end.
 */
export function textExpression(source: string): TextExpression | undefined {
  const part = parseExpression(source);
  if (part === undefined) return backtracking(source);
  const automaton = new Automaton();
  const first = automaton.add(part, automaton.end);
  if (automaton.states.length > MOST_STATES) return undefined;
  return (text) => {
    if (text.length * automaton.states.length > MOST_STEPS) return undefined;
    return automaton.matches(first, text);
  };
}

interface State {
  /** What the state takes before it goes on; undefined for states that go on without. */
  readonly takes?: (character: string) => boolean;
  /** Whether the state goes on only where a text begins or ends. */
  readonly only?: "start" | "end";
  next: readonly number[];
}

class Automaton {
  readonly states: State[] = [{ next: [] }];
  readonly end = 0;

  /** Adds the states of a part in front of the state that follows it; gives the first of them. */
  add(part: ExpressionPart, next: number): number {
    if (this.states.length > MOST_STATES) return next;
    switch (part.kind) {
      case "character":
        return this.#state({ takes: part.takes, next: [next] });
      case "start":
      case "end":
        return this.#state({ only: part.kind, next: [next] });
      case "sequence":
        return part.parts.reduceRight((after, each) => this.add(each, after), next);
      case "choice":
        return this.#state({ next: part.alternatives.map((each) => this.add(each, next)) });
      case "repetition":
        return this.#repetition(part, next);
      default:
        return part satisfies never;
    }
  }

  #repetition({ part, least, most }: ExpressionPart & { kind: "repetition" }, next: number): number {
    let first = next;
    if (most < 0) {
      const again: State = { next: [] };
      first = this.#state(again);
      again.next = [this.add(part, first), next];
    } else {
      for (let at = least; at < most; at++) first = this.#state({ next: [this.add(part, first), next] });
    }
    for (let at = 0; at < least; at++) first = this.add(part, first);
    return first;
  }

  #state(state: State): number {
    return this.states.push(state) - 1;
  }

  matches(first: number, text: string): boolean {
    const seen = new Uint32Array(this.states.length);
    let round = 1;
    let current = this.#reached([first], text === "" ? "both" : "start", seen, round);
    let left = text.length;
    for (const character of text) {
      left -= character.length;
      const next: number[] = [];
      for (const at of current) {
        const state = this.states[at] as State;
        if (state.takes?.(character) === true) next.push(...state.next);
      }
      if (next.length === 0) return false;
      current = this.#reached(next, left === 0 ? "end" : "inside", seen, ++round);
    }
    return seen[this.end] === round;
  }

  /** The states that are reached from some without taking a character. */
  #reached(from: readonly number[], where: "start" | "inside" | "end" | "both", seen: Uint32Array, round: number) {
    const taking: number[] = [];
    const waiting = [...from];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen[at] === round) continue;
      seen[at] = round;
      const { takes, only, next } = this.states[at] as State;
      if (takes !== undefined) taking.push(at);
      else if (only === undefined || only === where || where === "both") waiting.push(...next);
    }
    return taking;
  }
}

/**
 * An expression that only the language itself can try. Undefined when it is none, or when it repeats a group that repeats or
 * branches itself: such expressions can take longer than the universe exists on texts that do not match.
 */
function backtracking(source: string): TextExpression | undefined {
  const repetitions = repetitionsIn(source);
  if (repetitions === undefined) return undefined;
  try {
    const expression = new RegExp(`^(?:${source})$`, "u");
    const longest = MOST_STEPS_LOOKING_BACK ** (1 / Math.max(1, repetitions));
    return (text) => (text.length > longest ? undefined : expression.test(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How many repetitions an expression has; undefined when one of them repeats a group that repeats or branches. */
function repetitionsIn(source: string): number | undefined {
  let repetitions = 0;
  /** Of each open group, whether it repeats or branches inside. */
  const open: boolean[] = [];
  let hasClosedBranching = false;
  let isInClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    const isAfterBranching = hasClosedBranching;
    hasClosedBranching = false;
    if (character === "\\") at++;
    else if (isInClass) isInClass = character !== "]";
    else if (character === "[") isInClass = true;
    else if (character === "(") open.push(false);
    else if (character === ")") {
      hasClosedBranching = open.pop() === true;
      if (hasClosedBranching && open.length > 0) open[open.length - 1] = true;
    } else if (character === "*" || character === "+" || character === "{") {
      if (isAfterBranching) return undefined;
      repetitions++;
      if (open.length > 0) open[open.length - 1] = true;
    } else if (character === "|" && open.length > 0) open[open.length - 1] = true;
  }
  return repetitions;
}
