import type { TemplateInput } from "../template/template.js";
import { type TextExpression, textExpression } from "./text-expression.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

/**
 * What a C_STRING demands of a text (openehr-formats 19.3): its pattern, a regular expression, or an entry of its list, which
 * is one as well when it stands between slashes or begins with `^`. Undefined when it demands nothing: an open list, no list
 * at all.
 */
export function textConstraint(
  input: TemplateInput | undefined,
): ((text: string | undefined) => readonly ValueFinding[]) | undefined {
  if (input?.type !== "TEXT" || input.listOpen === true) return undefined;
  const pattern = input.validation?.pattern;
  const entries = [...(input.list ?? []).map(({ value }) => value), ...(pattern === undefined ? [] : [pattern])];
  if (entries.length === 0) return undefined;
  const exact = new Set(input.list?.map(({ value }) => value));
  const expressions: TextExpression[] = [];
  for (const entry of entries) {
    const source = expressionSource(entry) ?? (entry === pattern ? entry : undefined);
    if (source === undefined) continue;
    const expression = textExpression(source);
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
function matchesAny(expressions: readonly TextExpression[], text: string): boolean {
  return expressions.some((matches) => matches(text) ?? true);
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
export function expressionSource(entry: string): string | undefined {
  if (entry.length > 1 && entry.startsWith("/") && entry.endsWith("/")) return entry.slice(1, -1);
  return entry.startsWith("^") ? entry : undefined;
}
