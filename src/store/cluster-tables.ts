import type { ColumnType, Generated } from "kysely";

/** The tables by which nodes that share a database know of each other (migrations/0002_cluster.sql). */
export interface ClusterTables {
  readonly cluster_identity: ClusterIdentityTable;
  readonly cluster_member: ClusterMemberTable;
  readonly cluster_duty: ClusterDutyTable;
}

interface ClusterIdentityTable {
  cluster_id: Generated<string>;
  secret: Generated<Buffer>;
}

interface ClusterMemberTable {
  instance_id: string;
  version: string;
  commit_id: string;
  staleness_milliseconds: number;
  epoch: string | null;
  /** A 64 bit number, which the driver gives as text. */
  position: ColumnType<string | null, number | null, number | null>;
  joined: Generated<Date>;
  seen: Generated<Date>;
}

interface ClusterDutyTable {
  duty: string;
  holder: string | null;
  fencing_token: ColumnType<string, number, number>;
  expires: Date;
}
