import type { Assertion, LocatedAssertion, Operator, Scalar } from "./assertion.js";
import { fhirPathValues } from "./fhirpath-values.js";
import { isJsonObject, valuesAtPointer } from "./json-pointer.js";
import type { FhirVersion } from "./manifest.js";
import { valuesAtRmPath } from "./rm-path.js";
import { shown } from "./strict-json.js";

/** What came back from a call. */
export interface Answer {
  readonly status: number;
  /** The body as JSON, or its text when it is not JSON. */
  readonly body: unknown;
}

/** The documents an assertion can look at. */
export interface CheckedCall {
  readonly input: unknown;
  readonly answer: Answer;
  readonly fhirVersion: FhirVersion;
}

/** True when the server did what it was asked. */
export function succeeded(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/**
 * True when the server read the call and refused what it says (rest-api 5: 400). A fault of the server is no refusal, nor is
 * 404, 405 or 415: those would also come from a server that does not have the route at all.
 */
function isRefusal({ status }: Answer): boolean {
  return status === 400 || status === 422;
}

/** Says in one line how a call was refused. */
export function refusal(answer: Answer): string {
  return `the server answered ${answer.status}: ${shown(answer.body)}`;
}

/**
 * Checks the assertions of one call in order and gives the first that does not hold, in words; undefined when all hold.
 * A refused call fails unless a refusal is what the case expects.
 */
export function firstFailedAssertion(assertions: readonly Assertion[], call: CheckedCall): string | undefined {
  const refusalExpected = assertions.some(({ kind }) => kind === "error");
  if (!refusalExpected && !succeeded(call.answer)) return refusal(call.answer);
  for (const assertion of assertions) {
    const failure = heldOrWhy(assertion, call);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** An answer in which an assertion cannot even be looked up does not pass it. */
function heldOrWhy(assertion: Assertion, call: CheckedCall): string | undefined {
  try {
    return failureOf(assertion, call);
  } catch (error) {
    return `${placeOf(assertion)}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function placeOf(assertion: Assertion): string {
  if (assertion.kind !== "located") return assertion.kind;
  return `${assertion.on === "input" ? "input " : ""}${assertion.locator.kind} ${assertion.locator.text}`;
}

function failureOf(assertion: Assertion, call: CheckedCall): string | undefined {
  const { answer } = call;
  switch (assertion.kind) {
    case "located":
      return locatedFailure(assertion, call);
    case "noError":
      return succeeded(answer) ? undefined : refusal(answer);
    case "error":
      // The wording is the reference's own.
      return isRefusal(answer) ? undefined : `expected the call to be refused, ${refusal(answer)}`;
    case "aqlCount": {
      const { length } = aqlsOf(answer.body);
      return length === assertion.value ? undefined : `expected ${assertion.value} AQLs, got ${length}`;
    }
    case "flatNotEmpty":
      return isJsonObject(answer.body) && Object.keys(answer.body).length > 0
        ? undefined
        : `expected a FLAT result with keys, got ${shown(answer.body)}`;
  }
}

function locatedFailure(assertion: LocatedAssertion, call: CheckedCall): string | undefined {
  const matches = matchesOf(assertion, call);
  if (assertion.ifPresent && matches.every((match) => match === null)) return undefined;
  const failure = operatorFailure(assertion, matches);
  return failure === undefined ? undefined : `${placeOf(assertion)}: ${failure}`;
}

function matchesOf({ locator, on }: LocatedAssertion, call: CheckedCall): readonly unknown[] {
  const document = on === "input" ? call.input : call.answer.body;
  if (typeof document !== "object" || document === null) throw new Error(`no JSON document, got ${shown(document)}`);
  switch (locator.kind) {
    case "fhirpath":
      return fhirPathValues(document, locator.text, call.fhirVersion);
    case "flat":
      return Object.hasOwn(document, locator.text) ? [(document as Record<string, unknown>)[locator.text]] : [];
    case "rmPath":
      return valuesAtRmPath(document, locator.text);
    case "pointer":
      return valuesAtPointer(document, locator.text);
    case "aql":
      return aqlsOf(document)
        .filter(({ type }) => type === locator.text)
        .map(({ aql }) => aql);
  }
}

function operatorFailure(assertion: LocatedAssertion, matches: readonly unknown[]): string | undefined {
  const { operator } = assertion;
  switch (operator.kind) {
    case "equals":
      return equalsFailure(assertion, operator.value, matches);
    case "absent":
      return matches.length === 0 ? undefined : `expected nothing, got ${shown(matches[0])}`;
    case "count":
      return matches.length === operator.value
        ? undefined
        : `expected ${operator.value} matches, got ${matches.length}`;
    case "contains":
    case "allIn":
      return listFailure(operator, matches);
    case "containsObject":
      return matches.some((match) => hasAttributes(match, operator.attributes))
        ? undefined
        : `expected a match with ${shown(operator.attributes)}, got ${shown(matches)}`;
    case "startsWith": {
      const [first] = matches;
      return typeof first === "string" && first.startsWith(operator.text)
        ? undefined
        : `expected text that begins with ${shown(operator.text)}, got ${shown(first)}`;
    }
  }
}

function listFailure(
  operator: Extract<Operator, { kind: "contains" | "allIn" }>,
  matches: readonly unknown[],
): string | undefined {
  if (operator.kind === "contains") {
    const missing = operator.values.find((value) => !matches.includes(value));
    return missing === undefined ? undefined : `expected ${shown(missing)} among ${shown(matches)}`;
  }
  // A path that finds nothing shows nothing about the values, so no match is a failure.
  if (matches.length === 0) return `expected matches out of ${shown(operator.values)}, got none`;
  const stranger = matches.find((match) => !(operator.values as readonly unknown[]).includes(match));
  return stranger === undefined ? undefined : `expected one of ${shown(operator.values)}, got ${shown(stranger)}`;
}

function hasAttributes(match: unknown, attributes: Readonly<Record<string, Scalar>>): boolean {
  return (
    isJsonObject(match) &&
    Object.entries(attributes).every(([name, value]) => Object.hasOwn(match, name) && match[name] === value)
  );
}

function equalsFailure(assertion: LocatedAssertion, value: Scalar, matches: readonly unknown[]): string | undefined {
  if (assertion.locator.kind === "fhirpath" && assertion.at === undefined && matches.length !== 1) {
    return `expected exactly one item, ${shown(value)}, got ${matches.length}: ${shown(matches)}`;
  }
  const at = assertion.at ?? 0;
  if (at >= matches.length) return `expected ${shown(value)}, got no match number ${at} (of ${matches.length})`;
  const match = assertion.locator.kind === "flat" ? asComparedInFlat(value, matches[at]) : matches[at];
  if (typeof value === "number" && typeof match === "number") {
    return Math.abs(match - value) <= (assertion.tolerance ?? 0) ? undefined : `expected ${value}, got ${match}`;
  }
  return match === value ? undefined : `expected ${shown(value)}, got ${shown(matches[at])}`;
}

/** In FLAT text is compared with the text of the value, a number with a number or a numeric text. */
function asComparedInFlat(expected: Scalar, actual: unknown): unknown {
  if (typeof expected === "string" && (typeof actual === "number" || typeof actual === "boolean"))
    return String(actual);
  if (typeof expected === "number" && typeof actual === "string" && actual.trim() !== "") {
    const number = Number(actual);
    return Number.isNaN(number) ? actual : number;
  }
  return actual;
}

interface Aql {
  readonly aql: string;
  readonly type: string;
}

/** The `aqls` of an answer of `toaql` (rest-api 5); throws when it has none, for an absent AQL must not pass by accident. */
function aqlsOf(body: unknown): readonly Aql[] {
  const aqls: unknown = isJsonObject(body) ? body.aqls : undefined;
  if (!Array.isArray(aqls)) throw new Error(`the answer has no list "aqls": ${shown(body)}`);
  return (aqls as readonly unknown[]).map((item) => {
    if (!isJsonObject(item) || typeof item.aql !== "string" || typeof item.type !== "string") {
      throw new Error(`not an AQL with a type: ${shown(item)}`);
    }
    return { aql: item.aql, type: item.type };
  });
}
