-- What the nodes that share this database know of each other. Nothing here belongs to a tenant, and the role under which
-- tenants' rows are read and written gets no right on any of it.

-- One row: by what the nodes of this cluster recognise each other. 366 random bits go into the 256 of the secret.
create table cluster_identity (
  only_row boolean primary key default true check (only_row),
  cluster_id text not null default replace(gen_random_uuid()::text, '-', ''),
  secret bytea not null
    default sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
    check (length(secret) = 32)
);
insert into cluster_identity default values;

-- One row for each running process. Epoch and position say up to where it has applied the invalidation log; they are
-- null until it has read the log for the first time. Nodes write their row twice a second: the free half of each page
-- lets the new version stay beside the old one.
create table cluster_member (
  instance_id text primary key check (instance_id ~ '^[0-9a-f]{32}$'),
  version text not null check (length(version) <= 200),
  commit_id text not null check (length(commit_id) <= 200),
  -- For how long this process may answer from its caches after it has looked into the log.
  staleness_milliseconds integer not null check (staleness_milliseconds > 0),
  epoch text,
  position bigint,
  joined timestamptz not null default clock_timestamp(),
  seen timestamptz not null default clock_timestamp(),
  constraint cluster_member_applied check ((epoch is null) = (position is null))
) with (fillfactor = 50);

-- What only one node may do at a time. The token grows with every change of holder; a write of a duty that carries an
-- older one is refused. Expiry is judged by this server's clock only.
create table cluster_duty (
  duty text primary key,
  holder text,
  fencing_token bigint not null,
  expires timestamptz not null
) with (fillfactor = 50);

revoke all on cluster_identity, cluster_member, cluster_duty from public;

-- Pruning the log goes over all tenants; the transaction that does it says so. Only the owner of the table has the right
-- to delete from it.
create policy invalidation_log_for_pruning on invalidation_log for delete
  using (current_setting('causeway.prunes_log', true) = 'on');
