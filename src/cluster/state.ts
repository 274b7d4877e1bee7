import type { LogRound } from "../store/log-round.js";
import type { StoredMember } from "../store/member-repository.js";
import type { Revision } from "../store/stored.js";
import type { ClusterState, DutyState, MemberState } from "./cluster-state.js";

/** What is known here, from which the state of the cluster is put together. */
export type KnownOfCluster = Omit<ClusterState, "applied" | "head" | "members" | "duties"> & {
  readonly applied: Revision | undefined;
  /** The last round that succeeded; undefined before the first. */
  readonly round: Pick<LogRound, "head" | "members" | "duties"> | undefined;
  /** How long ago it began. */
  readonly roundAgeMilliseconds: number;
};

const NOTHING: Revision = { epoch: "", position: 0 };

/** The state of the cluster as this node sees it, without asking anybody: as old as its last look into the database. */
export function clusterState({ applied, round, roundAgeMilliseconds: age, ...known }: KnownOfCluster): ClusterState {
  const head = round?.head ?? NOTHING;
  const { instanceId } = known.node;
  return {
    ...known,
    applied: applied ?? NOTHING,
    head,
    members: (round?.members ?? []).map((member) =>
      memberState(member.instanceId === instanceId ? { ...member, applied } : member, head, instanceId, age),
    ),
    duties: (round?.duties ?? []).map(({ duty, holder, fencingToken, expiresInMilliseconds }): DutyState => {
      const left = Math.round(expiresInMilliseconds - age);
      // A lease that has run out is nobody's, whoever had it last.
      const held = holder === undefined || left <= 0 ? {} : { holder };
      return { duty, ...held, fencingToken, expiresInMilliseconds: Math.max(0, left) };
    }),
  };
}

function memberState(member: StoredMember, head: Revision, self: string, age: number): MemberState {
  const { instanceId, version, commit, applied, seenMillisecondsAgo } = member;
  return {
    instanceId,
    version,
    commit,
    applied: applied ?? NOTHING,
    lag: applied?.epoch === head.epoch ? Math.max(0, head.position - applied.position) : head.position,
    lastSeenMilliseconds: Math.max(0, Math.round(seenMillisecondsAgo + age)),
    self: instanceId === self,
  };
}
