-- Which files of the bootstrap directories were loaded, and what became of them. A file whose content has not changed since
-- is left alone, also when what it loaded was changed or deleted later.

create table bootstrap_file (
  id uuid primary key default gen_random_uuid(),
  tenant text not null check (tenant <> ''),
  -- Below its bootstrap directory, with / on every system.
  path text not null check (length(path) <= 4096),
  -- The last part of the path.
  file text not null,
  -- SHA-256 of the bytes of the file.
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  -- A row of operational_template or mapping, which may have been deleted since.
  entity_id uuid not null,
  entity_type text not null check (entity_type in ('MODEL', 'CONTEXT', 'OPT')),
  created timestamptz(3) not null default clock_timestamp(),
  updated timestamptz(3) not null default clock_timestamp(),
  constraint bootstrap_file_once_per_path unique (tenant, path)
);

alter table bootstrap_file enable row level security;
alter table bootstrap_file force row level security;

create policy bootstrap_file_of_tenant on bootstrap_file
  using (tenant = nullif(current_setting('causeway.tenant', true), ''));

grant select, insert, update, delete on bootstrap_file to causeway_tenant;
