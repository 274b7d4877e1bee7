import type { FastifyInstance } from "fastify";
import type { ClusterNode } from "../cluster/cluster-node.js";
import { requiredRevision } from "./revision-header.js";

/** Where the routes of a plugin take what they answer from. */
export type AnswersFrom = "caches" | "database";

/**
 * Makes the routes of this plugin wait, after their body was read, until this node may answer (design, Cluster: Bound,
 * Read-your-writes). Routes that use caches always ask; those that read the database only when the caller requires a
 * revision. An answer of a node that is cut off from the database says so (RFC 7234, 5.5.1).
 */
export function awaitFreshness(
  app: Pick<FastifyInstance, "addHook">,
  cluster: Pick<ClusterNode, "fresh">,
  from: AnswersFrom,
): void {
  app.addHook("preHandler", async (request, reply) => {
    const required = requiredRevision(request);
    if (required === undefined && from === "database") return;
    if ((await cluster.fresh(required)) === "cut-off") {
      reply.header("warning", '110 causeway "Response is stale: the database does not answer"');
    }
  });
}
