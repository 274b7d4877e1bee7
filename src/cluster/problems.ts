import { problemKind } from "../errors/problem.js";

/** What a node answers instead of something stale, and why it may refuse to start. */
export const CLUSTER_BEHIND = problemKind(
  "CLUSTER_BEHIND",
  "busy",
  "Send the request again after the time in Retry-After, or to another node.",
);
export const CLUSTER_CUT_OFF = problemKind(
  "CLUSTER_CUT_OFF",
  "unavailable",
  "Try again; when it lasts, check that the database runs. CLUSTER_STALE_POLICY=serve would answer from what is known.",
);
export const CLUSTER_REVISION_FOREIGN = problemKind(
  "CLUSTER_REVISION_FOREIGN",
  "invalid",
  "Leave X-Causeway-Revision out, or send the one of a write made since: the database was restored or is another one.",
);
export const CLUSTER_VERSION_INCOMPATIBLE = problemKind(
  "CLUSTER_VERSION_INCOMPATIBLE",
  "unavailable",
  "Upgrade one minor version at a time, or stop the other nodes first.",
);
