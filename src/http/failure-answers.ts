import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../errors/problem.js";
import { sendFrameworkError } from "./framework-error.js";
import { asProblem, type ProblemForm, sendProblem } from "./problem-response.js";
import { REQUEST_NOT_VALID } from "./problems.js";
import { logFailure } from "./request-log.js";

/** Makes every failure in the routes of this plugin come out in the form of its group (rest-api 1, 3, 9, 10). */
export function answerFailures(app: Pick<FastifyInstance, "setErrorHandler">, form: ProblemForm): void {
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, form));
}

/**
 * Words one failure: a problem as its group of routes does, a fault of the framework as the framework's object, and
 * anything else as a 500 that says nothing but the request id under which the log has it.
 */
export function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  form: ProblemForm,
): FastifyReply {
  const problem = asProblem(error) ?? validationProblem(error);
  if (problem !== undefined) {
    logFailure(request, problem);
    return sendProblem(request, reply, problem, form);
  }
  const status = frameworkStatus(error);
  if (status !== undefined) return sendFrameworkError(request, reply, status, messageOf(error, request));
  logFailure(request, error);
  return sendFrameworkError(
    request,
    reply,
    500,
    `The server failed; its log has the cause under the request id ${request.id}.`,
  );
}

interface FrameworkFault {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string;
}

function asFrameworkFault(error: unknown): FrameworkFault | undefined {
  return error instanceof Error ? (error as Error & FrameworkFault) : undefined;
}

/** What a schema found wrong, as one problem for each finding. The messages name paths and types, never values. */
function validationProblem(error: unknown): Problem | undefined {
  const fault = asFrameworkFault(error);
  if (fault?.validation === undefined) return undefined;
  const found = fault.validation.map((one) => {
    const path = `${fault.validationContext ?? "request"}${one.instancePath === "/" ? "" : one.instancePath}`;
    return new Problem(REQUEST_NOT_VALID, `${path}: ${wordingOf(one.message)}.`, { path });
  });
  const [first, ...others] = found;
  return first === undefined ? undefined : new Problem(first.kind, first.message, first.place, others);
}

function wordingOf(message = "not valid"): string {
  return message.endsWith("received undefined") ? "is missing" : message;
}

/** Status of a failure that the framework itself raised for the caller's fault. */
function frameworkStatus(error: unknown): number | undefined {
  const fault = asFrameworkFault(error);
  if (fault?.code?.startsWith("FST_") !== true) return undefined;
  return fault.statusCode !== undefined && fault.statusCode >= 400 && fault.statusCode < 500
    ? fault.statusCode
    : undefined;
}

function messageOf(error: unknown, request: FastifyRequest): string {
  const fault = asFrameworkFault(error);
  if (fault?.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    const type = request.headers["content-type"];
    return type === undefined
      ? "The request has a body but no Content-Type."
      : `Content-Type '${type}' is not supported.`;
  }
  if (fault?.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return `The body is larger than the ${request.routeOptions.bodyLimit} bytes that this address takes.`;
  }
  return fault?.message ?? "";
}
