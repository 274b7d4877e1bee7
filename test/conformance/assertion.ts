import { z } from "zod";

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Scalar = z.infer<typeof scalarSchema>;

/** Where an assertion looks (conformance README, "assertions"). */
export type Locator =
  | { readonly kind: "fhirpath"; readonly text: string }
  | { readonly kind: "flat"; readonly text: string }
  | { readonly kind: "rmPath"; readonly text: string }
  | { readonly kind: "pointer"; readonly text: string }
  | { readonly kind: "aql"; readonly text: "ENTRY" | "COMPOSITION" };

/** What an assertion asks of the matches. */
export type Operator =
  | { readonly kind: "equals"; readonly value: Scalar }
  | { readonly kind: "absent" }
  | { readonly kind: "count"; readonly value: number }
  | { readonly kind: "contains"; readonly values: readonly Scalar[] }
  | { readonly kind: "allIn"; readonly values: readonly Scalar[] }
  | { readonly kind: "containsObject"; readonly attributes: Readonly<Record<string, Scalar>> }
  | { readonly kind: "startsWith"; readonly text: string };

/** An assertion about the matches of a locator. */
export interface LocatedAssertion {
  readonly kind: "located";
  readonly locator: Locator;
  readonly operator: Operator;
  /** Number of the match that `equals` means, from 0. */
  readonly at?: number;
  /** Passes when the key is missing or null. */
  readonly ifPresent: boolean;
  /** Largest deviation of a number. */
  readonly tolerance?: number;
  /** The document the locator is evaluated on. */
  readonly on: "result" | "input";
}

/** An assertion about the call as a whole. */
export type CallAssertion =
  | { readonly kind: "noError" }
  | { readonly kind: "error" }
  | { readonly kind: "aqlCount"; readonly value: number }
  | { readonly kind: "flatNotEmpty" };

export type Assertion = LocatedAssertion | CallAssertion;

const countSchema = z.number().int().nonnegative();

const rawAssertionSchema = z.strictObject({
  fhirpath: z.string().min(1).optional(),
  flat: z.string().min(1).optional(),
  rmPath: z
    .string()
    .regex(/^(\/\w+(\[[\w.-]+\])?)+$/, "not of the form /attribute[archetype id or node id]/…")
    .optional(),
  pointer: z.string().startsWith("/").optional(),
  aql: z.enum(["ENTRY", "COMPOSITION"]).optional(),
  equals: scalarSchema.optional(),
  absent: z.literal(true).optional(),
  count: countSchema.optional(),
  contains: z.array(scalarSchema).min(1).optional(),
  allIn: z.array(scalarSchema).min(1).optional(),
  containsObject: z.record(z.string(), scalarSchema).optional(),
  startsWith: z.string().min(1).optional(),
  at: countSchema.optional(),
  ifPresent: z.boolean().optional(),
  tolerance: z.number().nonnegative().optional(),
  on: z.literal("input").optional(),
  // The decimal as text. Read and not compared: JSON numbers lose their trailing zeros in JavaScript, and the README asks
  // for this check only where decimals keep their precision; `equals` beside it compares the value.
  lexical: z.string().optional(),
  noError: z.literal(true).optional(),
  error: z.strictObject({ messageContains: z.string() }).optional(),
  aqlCount: countSchema.optional(),
  flatNotEmpty: z.literal(true).optional(),
});
type RawAssertion = z.infer<typeof rawAssertionSchema>;

/**
 * Reads one assertion of the manifest. Throws when it holds an unknown key, not exactly one locator and one operator (or
 * one key about the call), or a modifier that its operator does not have: an assertion that cannot fail is refused.
 */
export function readAssertion(raw: unknown): Assertion {
  const parsed = rawAssertionSchema.safeParse(raw);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const about = callAssertionsOf(parsed.data);
  const locators = locatorsOf(parsed.data);
  const operators = operatorsOf(parsed.data);
  const [call] = about;
  if (call !== undefined) {
    if (Object.keys(parsed.data).length > 1) throw new Error(`"${call.kind}" stands alone in an assertion`);
    return call;
  }
  const [locator] = locators;
  const [operator] = operators;
  if (locator === undefined || locators.length > 1) throw new Error("an assertion needs one locator");
  if (operator === undefined || operators.length > 1) throw new Error("an assertion needs one operator");
  const { at, tolerance, ifPresent, on } = parsed.data;
  if (at !== undefined && operator.kind !== "equals") throw new Error('"at" belongs to "equals"');
  if (ifPresent === true && operator.kind === "absent") throw new Error('"ifPresent" with "absent" always passes');
  if (tolerance !== undefined && operator.kind !== "equals") throw new Error('"tolerance" belongs to "equals"');
  return {
    kind: "located",
    locator,
    operator,
    ifPresent: ifPresent ?? false,
    on: on ?? "result",
    ...(at === undefined ? {} : { at }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

function callAssertionsOf(raw: RawAssertion): CallAssertion[] {
  const found: CallAssertion[] = [];
  if (raw.noError !== undefined) found.push({ kind: "noError" });
  if (raw.error !== undefined) found.push({ kind: "error" });
  if (raw.aqlCount !== undefined) found.push({ kind: "aqlCount", value: raw.aqlCount });
  if (raw.flatNotEmpty !== undefined) found.push({ kind: "flatNotEmpty" });
  return found;
}

function locatorsOf(raw: RawAssertion): Locator[] {
  const found: Locator[] = [];
  if (raw.fhirpath !== undefined) found.push({ kind: "fhirpath", text: raw.fhirpath });
  if (raw.flat !== undefined) found.push({ kind: "flat", text: raw.flat });
  if (raw.rmPath !== undefined) found.push({ kind: "rmPath", text: raw.rmPath });
  if (raw.pointer !== undefined) found.push({ kind: "pointer", text: raw.pointer });
  if (raw.aql !== undefined) found.push({ kind: "aql", text: raw.aql });
  return found;
}

function operatorsOf(raw: RawAssertion): Operator[] {
  const found: Operator[] = [];
  if (raw.equals !== undefined) found.push({ kind: "equals", value: raw.equals });
  if (raw.absent !== undefined) found.push({ kind: "absent" });
  if (raw.count !== undefined) found.push({ kind: "count", value: raw.count });
  if (raw.contains !== undefined) found.push({ kind: "contains", values: raw.contains });
  if (raw.allIn !== undefined) found.push({ kind: "allIn", values: raw.allIn });
  if (raw.containsObject !== undefined) {
    if (Object.keys(raw.containsObject).length === 0) throw new Error('"containsObject" names no attribute');
    found.push({ kind: "containsObject", attributes: raw.containsObject });
  }
  if (raw.startsWith !== undefined) found.push({ kind: "startsWith", text: raw.startsWith });
  return found;
}
