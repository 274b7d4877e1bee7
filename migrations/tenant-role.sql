-- Run at every start, before the numbered steps: makes sure that the role under which all rows are read and written
-- exists and that the current user may take it. Superusers and owners of tables pass through row level security; this
-- role does not. Roles belong to the whole server, so several databases may be doing this at the same moment.
do $$
declare
  -- From Postgres 16 on, membership alone does not include the right to take the role.
  privilege constant text := case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
begin
  if not exists (select from pg_roles where rolname = 'causeway_tenant') then
    begin
      create role causeway_tenant nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls;
    exception
      when duplicate_object or unique_violation then null;
    end;
  end if;
  if exists (select from pg_roles where rolname = 'causeway_tenant' and (rolsuper or rolbypassrls)) then
    raise exception 'The role causeway_tenant passes through row level security. An administrator must run: %',
      'ALTER ROLE causeway_tenant NOSUPERUSER NOBYPASSRLS;' using errcode = 'insufficient_privilege';
  end if;
  for attempt in 1 .. 5 loop
    exit when pg_has_role(current_user, 'causeway_tenant', privilege);
    begin
      execute format('grant causeway_tenant to %I', current_user);
    exception
      -- Another start granted it at the same moment ("tuple concurrently updated").
      when unique_violation or internal_error then perform pg_sleep(0.05);
    end;
  end loop;
exception
  when insufficient_privilege then
    raise exception 'The database user % may not prepare the role causeway_tenant. An administrator must run: %',
      current_user,
      case when exists (select from pg_roles where rolname = 'causeway_tenant' and (rolsuper or rolbypassrls))
        then 'ALTER ROLE causeway_tenant NOSUPERUSER NOBYPASSRLS; '
        when exists (select from pg_roles where rolname = 'causeway_tenant') then ''
        else 'CREATE ROLE causeway_tenant NOLOGIN; '
      end || format('GRANT causeway_tenant TO %I;', current_user)
      using errcode = 'insufficient_privilege';
end
$$;
