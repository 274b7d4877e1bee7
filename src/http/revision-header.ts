import type { FastifyReply } from "fastify";
import type { Revision } from "../store/stored.js";

/** Names the revision that a write got, so that a client can ask any node for at least that state (design.md, Cluster). */
export function setRevision(reply: FastifyReply, revision: Revision | undefined): void {
  if (revision !== undefined) reply.header("x-causeway-revision", `${revision.epoch}.${revision.position}`);
}
