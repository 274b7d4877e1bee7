import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem, type ProblemCategory } from "../errors/problem.js";
import { formatPosition } from "../errors/source-position.js";
import { namesMediaType } from "./accept.js";

/** The HTTP status of every kind of failure (design.md, Errors). Nothing else in the program chooses one. */
export function statusOf(category: ProblemCategory): number {
  switch (category) {
    case "invalid":
      return 400;
    case "forbidden":
      return 403;
    case "not-found":
      return 404;
    case "conflict":
      return 409;
    case "too-large":
      return 413;
    case "unsupported":
      return 415;
    case "unprocessable":
      return 422;
    case "busy":
    case "unavailable":
      return 503;
    case "fault":
      return 500;
  }
}

/**
 * Classic routes know one status for everything that the caller can mend (rest-api 2 to 4, 9, 10); a database that is gone
 * and a body that is too large keep their own.
 */
export function classicStatusOf(category: ProblemCategory): number {
  switch (category) {
    case "invalid":
    case "unprocessable":
    case "not-found":
    case "conflict":
    case "unsupported":
      return 400;
    case "forbidden":
    case "too-large":
    case "busy":
    case "unavailable":
    case "fault":
      return statusOf(category);
  }
}

/** Issue code of an OperationOutcome (FHIR value set issue-type) for a kind of failure. */
function issueCodeOf(category: ProblemCategory): string {
  switch (category) {
    case "invalid":
      return "invalid";
    case "unprocessable":
      return "processing";
    case "not-found":
      return "not-found";
    case "conflict":
      return "conflict";
    case "unsupported":
      return "not-supported";
    case "too-large":
      return "too-long";
    case "forbidden":
      return "forbidden";
    case "busy":
      return "throttled";
    case "unavailable":
      return "transient";
    case "fault":
      return "exception";
  }
}

/** How a group of routes words its failures. */
export type ProblemForm = "list" | "text";

/**
 * Answers a request with a problem: as a JSON array of strings where configuration is written (`list`, rest-api 9 and 10),
 * as plain text on the mapping routes (`text`, rest-api 3 and 4), as an OperationOutcome when the caller asks for FHIR.
 */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  form: ProblemForm,
): FastifyReply {
  const status = classicStatusOf(problem.kind.category);
  if (status === 503) reply.header("retry-after", "1");
  reply.code(status);
  if (form === "list") return reply.type("application/json").send(JSON.stringify(linesOf(problem)));
  if (namesMediaType(request.headers.accept, "application/fhir+json")) {
    return reply.type("application/fhir+json").send(JSON.stringify(operationOutcomeOf(problem)));
  }
  return reply.type("text/plain; charset=utf-8").send(linesOf(problem).join("\n"));
}

/** As many problems as an answer words one by one; a broken file can have thousands. */
const mostProblems = 100;

/** One line for the problem and one for each that came with it: place, message, advice, code. */
export function linesOf(problem: Problem): readonly string[] {
  const [worded, unsaid] = problemsToWord(problem);
  const lines = worded.map((one) => one.toLine());
  // Existing clients compare the sentence about a taken key as a whole (rest-api 2), so it stands alone.
  if (problem.kind.category === "conflict") lines.unshift(problem.message);
  return unsaid > 0 ? [...lines, `And ${unsaid} more problems.`] : lines;
}

/** The problems to word, and how many are left out. Many a list of others repeats the problem that heads it. */
function problemsToWord(problem: Problem): [readonly Problem[], number] {
  const byLine = new Map([problem, ...problem.others].map((one) => [one.toLine(), one]));
  return [[...byLine.values()].slice(0, mostProblems), Math.max(0, byLine.size - mostProblems)];
}

/** The problem and those that came with it as a FHIR OperationOutcome; `diagnostics` as existing clients read it (rest-api 16). */
export function operationOutcomeOf(problem: Problem): object {
  const [worded] = problemsToWord(problem);
  const issue = worded.map((one) => ({
    severity: "error",
    code: issueCodeOf(one.kind.category),
    details: { coding: [{ code: one.code }], text: `${one.message} ${one.kind.advice}`.trim() },
    diagnostics: one.toLine(),
    ...(one.place.path === undefined ? {} : { expression: [one.place.path] }),
    ...(one.place.position === undefined ? {} : { location: [formatPosition(one.place.position)] }),
  }));
  return { resourceType: "OperationOutcome", issue };
}

/** The problem inside an error, when there is one. */
export function asProblem(error: unknown): Problem | undefined {
  return error instanceof Problem ? error : undefined;
}
