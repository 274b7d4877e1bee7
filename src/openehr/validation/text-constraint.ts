import type { TemplateInput } from "../template/template.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

/** Steps that a regular expression may take at worst: a power of the length of the text by how often it repeats. */
const MOST_STEPS = 500_000_000;

interface Expression {
  readonly expression: RegExp;
  /** Longest text it is tried on. */
  readonly longest: number;
}

/**
 * What a C_STRING demands of a text (openehr-formats 19.3): entries of its list or its pattern, as regular expressions when
 * they stand between slashes or begin with `^`. Undefined when it demands nothing: an open list, no list at all.
 */
export function textConstraint(
  input: TemplateInput | undefined,
): ((text: string | undefined) => readonly ValueFinding[]) | undefined {
  if (input?.type !== "TEXT" || input.listOpen === true) return undefined;
  const pattern = input.validation?.pattern;
  const entries = [...(input.list ?? []).map(({ value }) => value), ...(pattern === undefined ? [] : [pattern])];
  if (entries.length === 0) return undefined;
  const exact = new Set(entries);
  const expressions: Expression[] = [];
  for (const entry of entries) {
    const source = expressionSource(entry);
    if (source === undefined) continue;
    const expression = safeExpression(source);
    if (expression === undefined) return undefined;
    exact.delete(entry);
    expressions.push(expression);
  }
  return (text) => {
    if (text !== undefined && (exact.has(text) || matchesAny(expressions, text))) return NO_FINDINGS;
    return [notOneOf(text, entries)];
  };
}

/** What cannot be tried cannot be failed either: texts too long for an expression count as matching. */
function matchesAny(expressions: readonly Expression[], text: string): boolean {
  return expressions.some(({ expression, longest }) => text.length > longest || expression.test(text));
}

/** The finding that a text is none of those that are allowed. */
export function notOneOf(text: string | undefined, allowed: readonly string[]): ValueFinding {
  const found = text === undefined ? "empty" : `"${text}"`;
  const [only, ...more] = allowed;
  const demand =
    more.length === 0 ? `must be "${only}"` : `must be one of:${allowed.map((entry) => `\n -\t"${entry}"`).join("")}`;
  return {
    rule: "template-value",
    message: `The value ${found} ${demand}`,
    expected: allowed.join(", "),
    ...(text === undefined ? {} : { found: text }),
  };
}

/** The regular expression an entry stands for, without slashes; undefined when the entry is the text itself. */
function expressionSource(entry: string): string | undefined {
  if (entry.length > 1 && entry.startsWith("/") && entry.endsWith("/")) return entry.slice(1, -1);
  return entry.startsWith("^") ? entry : undefined;
}

/**
 * The expression for whole texts. Undefined when it is none, or when it repeats a group that repeats or branches itself:
 * such expressions can take longer than the universe exists on texts that do not match, and templates come from outside.
 */
function safeExpression(source: string): Expression | undefined {
  const repetitions = repetitionsIn(source);
  if (repetitions === undefined) return undefined;
  try {
    const expression = new RegExp(`^(?:${source})$`, "u");
    return { expression, longest: MOST_STEPS ** (1 / Math.max(1, repetitions)) };
  } catch {
    return undefined;
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
