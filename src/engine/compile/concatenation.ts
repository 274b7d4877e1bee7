import type { Located, MappingMethod } from "../../fhirconnect/syntax/tree.js";
import type { PathLiterals, Step } from "../plan.js";

/** A part of a joined path, in order. */
export type JoinedPart = { readonly literal: string } | { readonly path: string };

/** The parts of a path that `&` joins (fhirconnect-language 20.5); undefined when nothing is joined. */
export function joinedParts(text: string): readonly JoinedPart[] | undefined {
  const parts = splitAtAmpersands(text);
  if (parts.length < 2) return undefined;
  return parts.map((part) => {
    const literal = /^(['"])([\s\S]*)\1$/.exec(part);
    return literal === null ? { path: part } : { literal: literal[2] as string };
  });
}

function splitAtAmpersands(text: string): readonly string[] {
  const parts: string[] = [];
  let quote: string | undefined;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (quote !== undefined && at < text.length) {
      if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') quote = character;
    else if (at === text.length || character === "&") {
      const part = text.slice(from, at).trim();
      if (part !== "") parts.push(part);
      from = at + 1;
    }
  }
  return parts;
}

/** A method whose paths are without the literals that stood beside them. */
export interface WithoutLiterals {
  readonly method: MappingMethod;
  readonly literals: Step["literals"];
}

/**
 * Takes the literals off the paths of a method, where just one part of a path is none. What joins several paths is left as it
 * is: an expression that can be read only.
 */
export function withoutLiterals(method: MappingMethod): WithoutLiterals {
  const fhir = literalsOf(method.with?.fhir);
  const openEhr = literalsOf(method.with?.openehr);
  if (method.with === undefined || (fhir === undefined && openEhr === undefined)) {
    return { method, literals: undefined };
  }
  const paths = {
    ...method.with,
    ...(fhir !== undefined && { fhir: fhir.path }),
    ...(openEhr !== undefined && { openehr: openEhr.path }),
  };
  const literals = {
    ...(fhir !== undefined && { fhir: fhir.literals }),
    ...(openEhr !== undefined && { openEhr: openEhr.literals }),
  };
  return { method: { ...method, with: paths }, literals };
}

function literalsOf(
  written: Located<string> | undefined,
): { readonly path: Located<string>; readonly literals: PathLiterals } | undefined {
  const parts = written === undefined ? undefined : joinedParts(written.value);
  if (written === undefined || parts === undefined) return undefined;
  const at = parts.findIndex((part) => "path" in part);
  const only = parts[at];
  if (only === undefined || !("path" in only) || parts.some((part, other) => "path" in part && other !== at)) {
    return undefined;
  }
  const text = (some: readonly JoinedPart[]): string =>
    some.map((part) => ("literal" in part ? part.literal : "")).join("");
  return {
    path: { ...written, value: only.path },
    literals: { before: text(parts.slice(0, at)), behind: text(parts.slice(at + 1)) },
  };
}

/** Several openEHR paths that a method joins: its first path, and all parts in order; undefined when it does not. */
export function joinedOpenEhrPaths(
  method: MappingMethod,
): { readonly path: string; readonly parts: readonly JoinedPart[] } | undefined {
  const written = method.with?.openehr?.value;
  const parts = written === undefined ? undefined : joinedParts(written);
  const paths = parts?.flatMap((part) => ("path" in part ? part.path : [])) ?? [];
  return parts === undefined || paths[0] === undefined || paths.length < 2 ? undefined : { path: paths[0], parts };
}
