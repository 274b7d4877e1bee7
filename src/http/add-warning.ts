import type { FastifyReply } from "fastify";

/** Adds `Warning` headers to those that an answer has. */
export function addWarning(
  reply: Pick<FastifyReply, "getHeader" | "header">,
  ...warnings: readonly (string | undefined)[]
): void {
  const given = warnings.filter((warning) => warning !== undefined);
  if (given.length === 0) return;
  const others = reply.getHeader("warning");
  const before = others === undefined ? [] : Array.isArray(others) ? others : [String(others)];
  const all = [...before, ...given];
  reply.header("warning", all.length === 1 ? all[0] : all);
}
