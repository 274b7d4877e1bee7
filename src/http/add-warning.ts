import type { FastifyReply } from "fastify";

/** Adds a `Warning` header to those that an answer has. */
export function addWarning(reply: Pick<FastifyReply, "getHeader" | "header">, warning: string | undefined): void {
  if (warning === undefined) return;
  const others = reply.getHeader("warning");
  reply.header("warning", others === undefined ? warning : [String(others), warning]);
}
