import { connectWithRetry } from "./postgres.ts";

/**
 * Drops everything in the schema `public` but extensions, and leaves the schema with its privileges. Names are collected first,
 * because a drop with `cascade` may drop further ones.
 */
const dropAll = `do $$
declare
  drops text[];
  one text;
begin
  with ours as (
    select 1 as place, c.oid, 'pg_class'::regclass as catalog,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
        when 'f' then 'foreign table' when 'c' then 'type' else 'table' end as kind,
      format('%I.%I', 'public', c.relname) as name
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
    union all
    select 2, p.oid, 'pg_proc'::regclass, 'routine', p.oid::regprocedure::text
    from pg_proc p where p.pronamespace = 'public'::regnamespace
    union all
    select 3, t.oid, 'pg_type'::regclass, 'type', format('%I.%I', 'public', t.typname)
    from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd', 'r'))
  select array_agg(format('drop %s if exists %s cascade', kind, name) order by place) into drops
  from ours
  where not exists (select from pg_depend d where d.classid = catalog and d.objid = ours.oid and d.deptype = 'e');
  foreach one in array coalesce(drops, '{}') loop
    execute one;
  end loop;
end $$`;

/** Empties a database in one transaction. */
export async function emptyDatabase(url: string): Promise<void> {
  const client = await connectWithRetry(url, { seconds: 10, log: () => {} });
  try {
    await client.query("set client_min_messages = warning");
    await client.query(dropAll);
  } finally {
    await client.end();
  }
}
