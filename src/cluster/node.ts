import type { CacheInvalidation } from "../cache/cache-statistics.js";
import { type ConnectionDemand, connectionLimitWarning, readConnectionLimit } from "../store/connection-limit.js";
import { type Database, openDatabase } from "../store/database.js";
import { writeFenced } from "../store/fenced-transaction.js";
import { pruneLog } from "../store/invalidation-log.js";
import { LeaseRepository } from "../store/lease-repository.js";
import { type LogRound, runLogRound } from "../store/log-round.js";
import { type MemberReport, MemberRepository, removeSilentMembers } from "../store/member-repository.js";
import type { Revision } from "../store/stored.js";
import type { Channel, ClusterIdentity, NodeIdentity } from "./channel.js";
import { ChannelLag } from "./channel-lag.js";
import { type Clock, elapsed, type Moment, systemClock, within } from "./clock.js";
import type { ClusterNode } from "./cluster-node.js";
import type { ClusterSettings } from "./cluster-settings.js";
import type { ClusterState, Freshness } from "./cluster-state.js";
import { LogFollower } from "./follower.js";
import { Leases } from "./lease.js";
import { clusterState } from "./state.js";
import { refuseForeignVersions } from "./version-check.js";
import { WriteAcknowledgement } from "./write-acknowledgement.js";

/** The part of a logger that a node uses. */
export interface ClusterLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface ClusterNodeParts {
  readonly node: NodeIdentity;
  readonly settings: ClusterSettings;
  /** The pool of the requests; used while a write waits, for duties and at start. */
  readonly database: Database;
  /** Whether no other process can reach the database: rows that an earlier process has left are removed at start. */
  readonly alone: boolean;
  /** How many connections this process may open, for the warning about the server's limit. */
  readonly connections: Omit<ConnectionDemand, "nodes">;
  readonly caches: CacheInvalidation;
  readonly cluster: ClusterIdentity;
  /** Not started yet; the node closes it. */
  readonly channel: Channel;
  readonly logger: ClusterLogger;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** A node that has been started, and the duties it can do for all. */
export interface StartedClusterNode extends ClusterNode {
  readonly duties: Leases;
}

const PRUNE_LOG_MILLISECONDS = 60_000;
const PRUNE_MEMBERS_MILLISECONDS = 15_000;
/** A member that was silent for so long is not shown any more. */
const SILENT_SECONDS = 60;
const LEAVE_MILLISECONDS = 1_000;

/**
 * Makes this process a node of the cluster of its database: it registers, reads the log for the first time, opens its
 * channel and goes on following. When it resolves, the log is applied up to its head; whether there are peers plays no
 * part. Throws a Problem CLUSTER_VERSION_INCOMPATIBLE, and those of the store when the database does not answer.
 */
export async function startClusterNode(parts: ClusterNodeParts): Promise<StartedClusterNode> {
  const node = new RunningNode(parts);
  try {
    await node.start();
    return node;
  } catch (error) {
    await node.close();
    throw error;
  }
}

class RunningNode implements StartedClusterNode {
  readonly duties: Leases;
  readonly #parts: ClusterNodeParts;
  readonly #clock: Clock;
  readonly #members: MemberRepository;
  /** A connection of its own, so that following the log never waits for requests; counted in DATABASE_POOL_MAX. */
  readonly #following: Database;
  readonly #follower: LogFollower;
  readonly #acknowledgement: WriteAcknowledgement;
  readonly #channelLag = new ChannelLag();
  #seen: { readonly round: LogRound; readonly at: Moment } | undefined;

  constructor(parts: ClusterNodeParts) {
    const { node, settings, database, logger, clock = systemClock, random = Math.random } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#members = new MemberRepository(database);
    this.#following = openDatabase(database.connection, 1, settings.maxStalenessMilliseconds);
    this.duties = new Leases({
      repository: new LeaseRepository(database),
      holder: node.instanceId,
      leaseSeconds: settings.leaseSeconds,
      clock,
      random,
      failed: (duty, error) => logger.warn({ duty, cause: causeOf(error) }, "a duty failed and is tried again"),
    });
    this.#follower = new LogFollower({
      readRound: (applied, signal) => this.#round(applied, signal),
      report: (applied) => this.#reportApplied(applied),
      caches: parts.caches,
      clock,
      random,
      settings,
      events: {
        dropped: (cause) => logger.warn({ cause }, "all caches were dropped"),
        cutOff: (error) =>
          logger.warn(
            { cause: causeOf(error), policy: settings.stalePolicy },
            "cut off from the database: nobody knows what has changed",
          ),
        healed: () => logger.info({}, "the database answers again"),
      },
    });
    this.#acknowledgement = new WriteAcknowledgement({
      instanceId: node.instanceId,
      listMembers: () => this.#members.list(),
      clock,
      writeWaitMilliseconds: settings.writeWaitMilliseconds,
    });
  }

  async start(): Promise<void> {
    const { node, alone, database, logger, connections, settings } = this.#parts;
    if (alone) {
      await this.#members.forgetAll();
      await new LeaseRepository(database).releaseAll();
    }
    await this.#follower.start();
    const members = this.#seen?.round.members ?? [];
    refuseForeignVersions(node, members);
    await this.#parts.channel.start({
      hint: (revision) => {
        this.#channelLag.told(revision);
        this.#follower.hint(revision);
      },
      missed: () => void this.#follower.sync(),
      confirmed: (instanceId, applied) => this.#acknowledgement.confirmed(instanceId, applied),
    });
    const demand = { nodes: members.length, ...connections };
    const warning = alone ? undefined : connectionLimitWarning(await readConnectionLimit(database), demand);
    if (warning !== undefined) logger.warn({ nodes: members.length }, warning);
    this.#takeDuties(settings);
  }

  fresh(required?: Revision): Promise<Freshness> {
    return this.#follower.fresh(required);
  }

  async written(revision: Revision): Promise<void> {
    const follower = this.#follower;
    // The others may look while this node does. On POSTGRES the write itself has told them, in its transaction.
    if (this.#parts.channel.kind !== "POSTGRES") this.#parts.channel.announce(revision);
    while (!follower.has(revision)) {
      const reached = await follower.reach(revision);
      // What this node has is older than the bound now, so it asks before it answers, or says that it cannot.
      if (reached === "foreign" || (reached !== "reached" && !follower.isYoung())) break;
    }
    await this.#acknowledgement.wait(revision);
  }

  state(): ClusterState {
    const { node, settings } = this.#parts;
    return clusterState({
      node,
      cluster: this.#parts.cluster.name,
      stalePolicy: settings.stalePolicy,
      applied: this.#follower.applied,
      lastSyncAgeMilliseconds: this.#follower.ageMilliseconds(),
      freshness: this.#follower.freshness(),
      fullDrops: this.#follower.fullDrops,
      channel: { ...this.#parts.channel.state(), lag: this.#channelLag.positions(this.#follower.applied) },
      round: this.#seen?.round,
      roundAgeMilliseconds: this.#seen === undefined ? 0 : elapsed(this.#seen.at, this.#clock.now()),
    });
  }

  async close(): Promise<void> {
    await this.duties.close();
    this.#acknowledgement.close();
    await this.#follower.close();
    await this.#parts.channel.close();
    // Whoever waits for this node need not wait until it counts as silent; without the database nobody waits.
    await within(this.#clock, LEAVE_MILLISECONDS, this.#members.leave(this.#parts.node.instanceId)).catch(() => {});
    await this.#following.close();
  }

  async #round(applied: Revision | undefined, signal: AbortSignal): Promise<LogRound> {
    const { node, settings } = this.#parts;
    const report: MemberReport = { ...node, maxStalenessMilliseconds: settings.maxStalenessMilliseconds, applied };
    const at = this.#clock.now();
    const { furthest } = this.#channelLag;
    const round = await runLogRound(this.#following, report, signal);
    this.#channelLag.looked(furthest, round.head);
    this.#seen = { round, at };
    return round;
  }

  async #reportApplied(applied: Revision): Promise<void> {
    this.#parts.channel.confirm(applied);
    await this.#members.reportApplied(this.#parts.node.instanceId, applied);
  }

  #takeDuties({ logHours, logPositions }: ClusterSettings): void {
    const { database } = this.#parts;
    this.duties.keepDuty("prune-log", PRUNE_LOG_MILLISECONDS, async ({ guard }) => {
      await writeFenced(database, guard, (transaction) =>
        pruneLog(transaction, { hours: logHours, positions: logPositions }),
      );
    });
    this.duties.keepDuty("prune-members", PRUNE_MEMBERS_MILLISECONDS, async ({ guard }) => {
      await writeFenced(database, guard, (transaction) => removeSilentMembers(transaction, SILENT_SECONDS));
    });
  }
}

/** What an error is, for a log: messages of Problems and of this room name no values. */
function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}
