import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Assertion, readAssertion } from "./assertion.js";
import { firstFailedAssertion, refusal, succeeded } from "./assertions.js";
import type { CallDirection, ConformanceCase, FhirVersion } from "./manifest.js";
import type { ServerApi } from "./server-api.js";
import { firstDifference, withoutPaths } from "./strict-json.js";

/** What a case expects, read completely before anything is sent. */
export type Expectation =
  | { readonly kind: "golden"; readonly file: string; readonly ignore: readonly string[] }
  | { readonly kind: "steps"; readonly steps: readonly ExpectedStep[] };

interface ExpectedStep {
  readonly direction: CallDirection;
  readonly assertions: readonly Assertion[];
}

/**
 * Reads what a case expects. Throws when it expects nothing, when one of its assertions cannot be read, or when its parts
 * contradict each other: a case that could not fail is refused, not passed.
 */
export function expectationOf(conformanceCase: ConformanceCase): Expectation {
  const { direction, compare, expected, assertions, steps } = conformanceCase;
  if (compare.mode === "strict-json") {
    if (expected === null || direction === "roundtrip")
      throw new Error("nothing to test: no golden file to compare with");
    return { kind: "golden", file: expected, ignore: compare.ignore.map(({ path }) => path) };
  }
  const read =
    direction === "roundtrip"
      ? (steps ?? []).map((step) => ({ direction: step.direction, assertions: readAssertions(step.assertions) }))
      : [{ direction, assertions: readAssertions(assertions ?? []) }];
  // A precondition on the input says nothing about the server.
  const aboutTheResult = read
    .flatMap((step) => step.assertions)
    .filter((one) => one.kind !== "located" || one.on === "result");
  if (aboutTheResult.length === 0) throw new Error("nothing to test: no assertion about a result");
  return { kind: "steps", steps: read };
}

function readAssertions(raw: readonly unknown[]): Assertion[] {
  return raw.map((one, index) => {
    try {
      return readAssertion(one);
    } catch (error) {
      throw new Error(
        `assertion ${index + 1} of ${raw.length}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  });
}

/** Where a case runs. */
export interface CaseEnvironment {
  readonly api: Pick<ServerApi, "map">;
  readonly corpusFolder: string;
  /** `context.template.id` of the only context; undefined when several are loaded. */
  readonly templateId: string | undefined;
}

/**
 * Runs a case against a server that holds its mapping set. Gives the first difference in words, or undefined when the
 * case passes. Never throws for what the case or the server does wrong; that is the difference then.
 */
export async function runCase(
  conformanceCase: ConformanceCase,
  environment: CaseEnvironment,
): Promise<string | undefined> {
  try {
    const expectation = expectationOf(conformanceCase);
    const input = readFileSync(join(environment.corpusFolder, conformanceCase.input), "utf8");
    return expectation.kind === "golden"
      ? await goldenDifference(conformanceCase, expectation, input, environment)
      : await stepsDifference(expectation.steps, input, conformanceCase.fhirVersion, environment);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function goldenDifference(
  { direction }: ConformanceCase,
  { file, ignore }: Extract<Expectation, { kind: "golden" }>,
  input: string,
  { api, corpusFolder, templateId }: CaseEnvironment,
): Promise<string | undefined> {
  if (direction === "roundtrip") throw new Error("a round trip has no golden file");
  const answer = await api.map(direction, input, templateId);
  if (!succeeded(answer)) return refusal(answer);
  const golden: unknown = JSON.parse(readFileSync(join(corpusFolder, file), "utf8"));
  const difference = firstDifference(withoutPaths(golden, ignore), withoutPaths(answer.body, ignore));
  return difference === undefined ? undefined : `${difference.path || "(root)"}: ${difference.message}`;
}

async function stepsDifference(
  steps: readonly ExpectedStep[],
  caseInput: string,
  fhirVersion: FhirVersion,
  { api, templateId }: CaseEnvironment,
): Promise<string | undefined> {
  let text = caseInput;
  for (const [index, { direction, assertions }] of steps.entries()) {
    const answer = await api.map(direction, text, direction === "toaql" ? undefined : templateId);
    const failure = firstFailedAssertion(assertions, { input: JSON.parse(text), answer, fhirVersion });
    if (failure !== undefined) return steps.length === 1 ? failure : `step ${index + 1} (${direction}): ${failure}`;
    text = JSON.stringify(answer.body);
  }
  return undefined;
}
