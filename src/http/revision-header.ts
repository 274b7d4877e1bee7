import type { FastifyReply, FastifyRequest } from "fastify";
import type { ClusterNode } from "../cluster/cluster-node.js";
import { Problem } from "../errors/problem.js";
import type { Revision } from "../store/stored.js";
import { REVISION_NOT_VALID } from "./problems.js";

const HEADER = "x-causeway-revision";

/**
 * Ends a write: waits until every node has it, then names the revision that it got, so that a client can ask any node for
 * at least that state (design, Cluster: Everybody at once, Read-your-writes). Undefined: nothing was written.
 */
export async function acknowledge(
  cluster: ClusterNode,
  reply: FastifyReply,
  revision: Revision | undefined,
): Promise<void> {
  if (revision === undefined) return;
  reply.header(HEADER, `${revision.epoch}.${revision.position}`);
  await cluster.written(revision);
}

/** The revision that the caller requires, when it names one. Throws a Problem when that is none. */
export function requiredRevision(request: Pick<FastifyRequest, "headers">): Revision | undefined {
  const header = request.headers[HEADER];
  if (header === undefined) return undefined;
  const parts = typeof header === "string" ? /^([0-9A-Za-z-]{1,64})\.(\d{1,15})$/.exec(header) : null;
  if (parts === null) {
    throw new Problem(REVISION_NOT_VALID, "X-Causeway-Revision is not <epoch>.<position>.", { path: HEADER });
  }
  return { epoch: parts[1] ?? "", position: Number(parts[2]) };
}
