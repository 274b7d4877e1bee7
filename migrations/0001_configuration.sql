-- Configuration of tenants and the log by which nodes learn that it changed.
--
-- Every row has a tenant. Each transaction takes the role causeway_tenant and sets causeway.tenant for itself; the
-- policies below then hide all other rows, also from superusers and owners. Without a setting no row matches.

create table operational_template (
  id uuid primary key default gen_random_uuid(),
  tenant text not null check (tenant <> ''),
  -- Lower case, blanks replaced by underscores.
  template_id text not null check (length(template_id) <= 1000),
  original_template_id text not null check (length(original_template_id) <= 1000),
  content text not null,
  created timestamptz(3) not null default clock_timestamp(),
  updated timestamptz(3) not null default clock_timestamp(),
  -- Order of creation; times can be equal.
  ordinal bigint generated always as identity,
  constraint operational_template_once_per_tenant unique (tenant, template_id)
);

create table mapping (
  id uuid primary key default gen_random_uuid(),
  tenant text not null check (tenant <> ''),
  kind text not null check (kind in ('model', 'extension', 'context')),
  name text not null check (length(name) <= 1000),
  -- Of contexts only: as written, and normalised.
  template_id text check (length(template_id) <= 1000),
  normalised_template_id text check (length(normalised_template_id) <= 1000),
  content text not null,
  created timestamptz(3) not null default clock_timestamp(),
  updated timestamptz(3) not null default clock_timestamp(),
  ordinal bigint generated always as identity,
  constraint mapping_context_has_template check (kind <> 'context' or (template_id is not null and normalised_template_id is not null))
);

create unique index mapping_name_once_per_tenant on mapping (tenant, name) where kind in ('model', 'extension');
create unique index mapping_context_once_per_template on mapping (tenant, normalised_template_id) where kind = 'context';
create index mapping_of_tenant on mapping (tenant, ordinal);

-- One row. Its lock, held from the last statement of a write until commit, makes the order of positions the order of
-- commits, without gaps. The epoch is renewed when the database goes back in time (a restored backup).
create table invalidation_head (
  only_row boolean primary key default true check (only_row),
  epoch text not null default gen_random_uuid()::text,
  position bigint not null default 0
);
insert into invalidation_head default values;

-- What a write made stale. A write that renames has two rows: the old key and the new one.
create table invalidation_log (
  position bigint not null,
  tenant text not null check (tenant <> ''),
  aggregate_kind text not null check (aggregate_kind in ('template', 'model', 'extension', 'context', 'tenant')),
  -- Normalised template id of templates and contexts, name of models and extensions, empty for the whole tenant.
  aggregate_key text not null,
  at timestamptz(3) not null default clock_timestamp(),
  primary key (position, aggregate_kind, aggregate_key)
);

alter table operational_template enable row level security;
alter table operational_template force row level security;
alter table mapping enable row level security;
alter table mapping force row level security;
alter table invalidation_log enable row level security;
alter table invalidation_log force row level security;

create policy operational_template_of_tenant on operational_template
  using (tenant = nullif(current_setting('causeway.tenant', true), ''));
create policy mapping_of_tenant on mapping
  using (tenant = nullif(current_setting('causeway.tenant', true), ''));
create policy invalidation_log_of_tenant on invalidation_log
  using (tenant = nullif(current_setting('causeway.tenant', true), ''));
-- A node follows the log of all tenants; it says so for the transaction in which it does, and can then only read.
create policy invalidation_log_for_nodes on invalidation_log for select
  using (current_setting('causeway.reads_whole_log', true) = 'on');

grant select, insert, update, delete on operational_template, mapping to causeway_tenant;
grant select, insert on invalidation_log to causeway_tenant;
grant select, update on invalidation_head to causeway_tenant;

do $$
begin
  if not has_schema_privilege('causeway_tenant', current_schema(), 'usage') then
    execute format('grant usage on schema %I to causeway_tenant', current_schema());
  end if;
end
$$;
