import type { FhirBase } from "../plan.js";
import { joinedParts } from "./concatenation.js";

/** Where a FHIR path of a mapping starts, and its steps behind the variable (fhirconnect-language 4). */
export interface FhirPathText {
  readonly base: FhirBase;
  /** Steps as written, for example `value`, `as(Quantity)`; empty when the path is the base itself. */
  readonly steps: readonly string[];
}

/** Takes `$resource.…`, `$fhirRoot.…`, `^.…` or a plain path apart; an absent path is the enclosing element. */
export function readFhirPathText(text: string | undefined): FhirPathText {
  const trimmed = (text ?? "").trim();
  const joined = readJoinedPaths(trimmed);
  if (joined !== undefined) return joined;
  for (const [variable, base] of [
    ["$resource", "model"],
    ["$fhirRoot", "enclosing"],
  ] as const) {
    if (trimmed === variable) return { base, steps: [] };
    if (trimmed.startsWith(`${variable}.`)) return { base, steps: splitSteps(trimmed.slice(variable.length + 1)) };
  }
  const parents = /^(\^+)\s*\.?/.exec(trimmed);
  if (parents !== null) {
    return { base: (parents[1] as string).length, steps: splitSteps(trimmed.slice(parents[0].length)) };
  }
  return { base: "enclosing", steps: splitSteps(trimmed) };
}

/** Paths and literals that `&` joins are one expression where all paths start; undefined when they do not start alike. */
function readJoinedPaths(text: string): FhirPathText | undefined {
  const parts = text.includes("&") ? joinedParts(text) : undefined;
  if (parts === undefined) return undefined;
  let base: FhirBase | undefined;
  const written: string[] = [];
  for (const part of parts) {
    if ("literal" in part) written.push(`'${part.literal.replace(/['\\]/g, "\\$&")}'`);
    else {
      const path = readFhirPathText(part.path);
      if (path.steps.length === 0 || (base !== undefined && base !== path.base)) return undefined;
      base = path.base;
      written.push(path.steps.join("."));
    }
  }
  return base === undefined ? undefined : { base, steps: splitSteps(written.join(" & ")) };
}

/** Splits at dots outside of parentheses and quotes. */
function splitSteps(path: string): readonly string[] {
  const steps: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at <= path.length; at++) {
    const character = path[at];
    if (at < path.length && character === "'") quoted = !quoted;
    else if (quoted && at < path.length) continue;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (at === path.length || (character === "." && depth <= 0)) {
      const step = path.slice(from, at).trim();
      if (step !== "") steps.push(step);
      from = at + 1;
    }
  }
  return steps;
}

/** True when `steps` begins with all of `prefix`. */
export function beginsWith(steps: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= steps.length && prefix.every((step, at) => steps[at] === step);
}
