import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../errors/problem.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { stackFrames } from "./stack-frames.js";

declare module "fastify" {
  interface FastifyRequest {
    /** Template id of the mapper that a call has used; never text that only the payload holds. */
    templateInLog: string | undefined;
  }
}

/**
 * One line for each answered request: request id, tenant, template, route, status and time. Bodies, query values and
 * headers are never logged, because they may hold clinical values.
 */
export function logRequests(app: FastifyInstance): void {
  app.decorateRequest("templateInLog", undefined);
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        tenant: defaultTenant,
        ...(request.templateInLog === undefined ? {} : { template: request.templateInLog }),
        method: request.method,
        route: request.routeOptions.url ?? "unknown route",
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      },
      "answered",
    );
  });
}

/**
 * Logs why a request failed. A problem is logged by its code and place; of anything unexpected only the class and the
 * stack frames are logged, because its message may quote the data that was being mapped.
 */
export function logFailure(request: FastifyRequest, error: unknown): void {
  const about = {
    tenant: defaultTenant,
    ...(request.templateInLog === undefined ? {} : { template: request.templateInLog }),
  };
  if (error instanceof Problem) {
    const cause = error.cause instanceof Error ? { cause: error.cause.name, frames: stackFrames(error.cause) } : {};
    const level = error.kind.category === "fault" || error.kind.category === "unavailable" ? "error" : "info";
    request.log[level]({ ...about, code: error.code, place: error.place, ...cause }, "refused");
    return;
  }
  const thrown = error instanceof Error ? { error: error.name, frames: stackFrames(error) } : { error: typeof error };
  request.log.error({ ...about, ...thrown }, "failed");
}
