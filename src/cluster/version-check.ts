import { Problem } from "../errors/problem.js";
import type { StoredMember } from "../store/member-repository.js";
import type { NodeIdentity } from "./channel.js";
import { areVersionNeighbours } from "./channels/version-neighbours.js";
import { CLUSTER_VERSION_INCOMPATIBLE } from "./problems.js";

/** After so many staleness bounds of silence a member counts as gone. */
const SILENT_BOUNDS = 3;

/**
 * Keeps a node from joining nodes of a version that it does not work with (design, Cluster: Nodes exchange versions).
 * Throws a Problem CLUSTER_VERSION_INCOMPATIBLE that names both versions.
 */
export function refuseForeignVersions(
  node: Pick<NodeIdentity, "instanceId" | "version">,
  members: readonly StoredMember[],
): void {
  const foreign = members.find(
    (member) =>
      member.instanceId !== node.instanceId &&
      member.seenMillisecondsAgo <= member.maxStalenessMilliseconds * SILENT_BOUNDS &&
      !areVersionNeighbours(member.version, node.version),
  );
  if (foreign === undefined) return;
  throw new Problem(
    CLUSTER_VERSION_INCOMPATIBLE,
    `This is version ${node.version}, and node ${foreign.instanceId} of version ${foreign.version} uses the same database; only versions next to each other work together.`,
  );
}
