import type { CallContext } from "@sidecart/platform/call";
import { type Database, instant, sql } from "@sidecart/platform/database";

/** A product as it goes into the search index; `deleted` ones leave it. */
export type IndexedProduct = {
  id: string;
  version: number;
  deleted: boolean;
  document: { id: string; name: string; category: string } & Record<string, unknown>;
};

const documentJson = `jsonb_build_object('id', p.id, 'version', p.version, 'deleted', p.deleted_at is not null,
  'document', jsonb_build_object('id', p.id, 'name', p.name, 'description', p.description, 'category', p.category,
    'attributes', p.attributes, 'partnerId', coalesce(p.partner_id::text, ''), 'price', p.price, 'currency', p.currency,
    'stock', p.on_hand - p.reserved, 'createdAt', ${instant("p.created_at")}, 'imageUrl', ''))`;

const current = sql(
  "index.current",
  `select jsonb_build_object(
     'indexes', (select coalesce(jsonb_agg(name), '[]') from search_indexes),
     'products', (select coalesce(jsonb_agg(${documentJson}), '[]')
       from products p where p.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid))))::text`,
);

const page = sql(
  "index.page",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(after uuid, size int)),
   p as (
     select * from products where id > coalesce((select after from input), '00000000-0000-0000-0000-000000000000')
     order by id limit (select size from input))
   select coalesce(jsonb_agg(${documentJson} order by p.id), '[]')::text from p`,
);

/** One index may be built at a time; a build that died long ago gives way. */
const start = sql(
  "index.start",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(name text)),
   gone as (
     delete from search_indexes where state = 'building' and created_at < now() - interval '1 hour' returning name),
   started as (
     insert into search_indexes (name, state) select name, 'building' from input
     where (select count(*) from gone) >= 0 on conflict do nothing returning name)
   select jsonb_build_object('started', exists (select from started))::text`,
);

/** The sub-select makes the delete come first: one index is live at any time. One that is not being built changes nothing. */
const makeLive = sql(
  "index.make-live",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(name text)),
   built as (select s.name from search_indexes s, input i where s.name = i.name and s.state = 'building' for update of s),
   old as (delete from search_indexes s using built where s.state = 'live' returning s.name),
   live as (
     update search_indexes s set state = 'live' from built
     where s.name = built.name and (select count(*) from old) >= 0 returning s.name)
   select jsonb_build_object('old', (select name from old), 'live', (select name from live))::text`,
);

const abandon = sql(
  "index.abandon",
  `with gone as (
     delete from search_indexes where name = $1::jsonb->>'name' and state = 'building' returning name)
   select jsonb_build_object('gone', (select count(*) from gone))::text`,
);

const live = sql(
  "index.live",
  `select jsonb_build_object('name', (select name from search_indexes where state = 'live' and $1::jsonb is not null))::text`,
);

const stateOf = sql(
  "index.state-of",
  `select jsonb_build_object('state', (select state from search_indexes where name = $1::jsonb->>'name'))::text`,
);

export type IndexStore = ReturnType<typeof createIndexStore>;

export function createIndexStore(database: Database) {
  return {
    /** The products as they are now, and every index that must know. */
    current: (ids: string[], context: CallContext) =>
      database.one<{ indexes: string[]; products: IndexedProduct[] }>(current, { ids: [...new Set(ids)] }, context),
    page: (after: string | undefined, size: number, context: CallContext) =>
      database.one<IndexedProduct[]>(page, { after: after ?? null, size }, context),
    async startBuilding(name: string, context: CallContext): Promise<boolean> {
      return (await database.one<{ started: boolean }>(start, { name }, context)).started;
    },
    /** The new index is the one that counts; gives back the one before it. `live` is null when it was not being built. */
    makeLive: (name: string, context: CallContext) =>
      database.one<{ live: string | null; old: string | null }>(makeLive, { name }, context),
    abandon: (name: string, context: CallContext) => database.one(abandon, { name }, context),
    async stateOf(name: string, context: CallContext): Promise<"building" | "live" | "gone"> {
      return (await database.one<{ state: "building" | "live" | null }>(stateOf, { name }, context)).state ?? "gone";
    },
    async liveIndex(context: CallContext): Promise<string | null> {
      return (await database.one<{ name: string | null }>(live, {}, context)).name;
    },
  };
}
