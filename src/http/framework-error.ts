import { STATUS_CODES } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * The object in which the framework words its own failures: unknown route, wrong method, wrong media type, unreadable
 * request (rest-api 1). Never holds a stack trace.
 */
export function sendFrameworkError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
): FastifyReply {
  const [path = ""] = request.url.split("?", 1);
  const error = {
    timestamp: new Date().toISOString().replace("Z", "+00:00"),
    status,
    error: STATUS_CODES[status] ?? "Error",
    message,
    path,
  };
  return reply.code(status).type("application/json").send(JSON.stringify(error));
}
