import { type Database, instant, sql } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";

/** A product as it goes into the search index; `deleted` ones leave it. */
export type IndexedProduct = {
  id: string;
  version: number;
  deleted: boolean;
  document: { id: string; name: string; category: string } & Record<string, unknown>;
};

/**
 * Bytes of documents in one answer, and at most one document (40 kB) more. A sidecar carries 4 MiB, and writes what
 * stands for 1 byte of ours as up to 6 (`<` as `\u003c`).
 */
const maxBytes = 512 * 1024;

const documentJson = `jsonb_build_object('id', p.id, 'version', p.version, 'deleted', p.deleted_at is not null,
  'document', jsonb_build_object('id', p.id, 'name', p.name, 'description', p.description, 'category', p.category,
    'attributes', p.attributes, 'partnerId', coalesce(p.partner_id::text, ''), 'price', p.price, 'currency', p.currency,
    'stock', p.on_hand - p.reserved, 'createdAt', ${instant("p.created_at")}, 'imageUrl', ''))`;

/** Cuts `found` where its documents become too many bytes. */
const sized = `sized as (
     select id, item, sum(octet_length(item::text)) over (order by id) - octet_length(item::text) < ${maxBytes} as fits
     from found)`;

const current = sql(
  "index.current",
  `with found as materialized (
     select p.id, ${documentJson} as item
     from products p where p.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid))),
   ${sized}
   select jsonb_build_object(
     'indexes', (select coalesce(jsonb_agg(name), '[]') from search_indexes where ready and state <> 'retired'),
     'products', (select coalesce(jsonb_agg(item order by id) filter (where fits), '[]') from sized),
     'left', (select coalesce(jsonb_agg(id) filter (where not fits), '[]') from sized))::text`,
);

const page = sql(
  "index.page",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(after uuid, size int)),
   found as materialized (
     select p.id, ${documentJson} as item from products p
     where p.id > coalesce((select after from input), '00000000-0000-0000-0000-000000000000')
     order by p.id limit (select size from input)),
   ${sized}
   select jsonb_build_object('products', (select coalesce(jsonb_agg(item order by id) filter (where fits), '[]') from sized),
     'more', (
       select id from products where id > (select id from sized where fits order by id desc limit 1)
       order by id limit 1) is not null)::text`,
);

/** Not heard of for half a minute: it died, and gives way. */
const died = `state = 'building' and beat_at < now() - interval '30 seconds'`;

/** One index may be built at a time. */
const start = sql(
  "index.start",
  `with dead as (update search_indexes set state = 'retired' where ${died} returning name),
   started as (
     insert into search_indexes (name, state) select $1::jsonb->>'name', 'building'
     where (select count(*) from dead) >= 0 on conflict do nothing returning name)
   select jsonb_build_object('started', exists (select from started))::text`,
);

const beat = sql(
  "index.beat",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(name text, indexed int)),
   beaten as (
     update search_indexes s set beat_at = now(), ready = true, indexed = input.indexed
     from input where s.name = input.name and s.state = 'building' returning 1)
   select jsonb_build_object('alive', exists (select from beaten))::text`,
);

/** The sub-select makes the old one go first: one index is live at any time. */
const makeLive = sql(
  "index.make-live",
  `with built as (
     select name from search_indexes where name = $1::jsonb->>'name' and state = 'building' for update),
   old as (
     update search_indexes s set state = 'retired' from built where s.state = 'live' returning s.name),
   live as (
     update search_indexes s set state = 'live', ready = true from built
     where s.name = built.name and (select count(*) from old) >= 0 returning s.name)
   select jsonb_build_object('old', (select name from old), 'live', (select name from live))::text`,
);

const retire = sql(
  "index.retire",
  `with gone as (
     update search_indexes set state = 'retired' where name = $1::jsonb->>'name' and state = 'building' returning name)
   select jsonb_build_object('gone', (select count(*) from gone))::text`,
);

const forget = sql(
  "index.forget",
  `with gone as (
     delete from search_indexes where name = $1::jsonb->>'name' and state = 'retired' returning name)
   select jsonb_build_object('gone', (select count(*) from gone))::text`,
);

const survey = sql(
  "index.survey",
  `with dead as (
     update search_indexes set state = 'retired' where $1::jsonb is not null and ${died} returning name),
   known as (
     select name, case when name in (select name from dead) then 'retired' else state end as state from search_indexes)
   select jsonb_build_object('live', (select name from known where state = 'live'),
     'building', (select name from known where state = 'building'),
     'retired', (select coalesce(jsonb_agg(name), '[]') from known where state = 'retired'))::text`,
);

const progress = sql(
  "index.progress",
  `select coalesce(
     (select jsonb_build_object('state', case state when 'retired' then 'gone' else state end, 'indexed', indexed)
      from search_indexes where name = $1::jsonb->>'name'),
     '{"state":"gone","indexed":0}')::text`,
);

export type IndexProgress = { state: "building" | "live" | "gone"; indexed: number };
export type IndexSurvey = { live: string | null; building: string | null; retired: string[] };

export type IndexStore = ReturnType<typeof createIndexStore>;

export function createIndexStore(database: Database) {
  return {
    /** The products as they are now, and every index that must know; `left` is for another call. */
    current: (ids: string[], context: CallContext) =>
      database.one<{ indexes: string[]; products: IndexedProduct[]; left: string[] }>(current, { ids }, context),
    /** In the order of ids, the deleted too. */
    page: (after: string | undefined, size: number, context: CallContext) =>
      database.one<{ products: IndexedProduct[]; more: boolean }>(page, { after: after ?? null, size }, context),
    /** False while another one is built. Changes go into the new index from its first beat on. */
    async startBuilding(name: string, context: CallContext): Promise<boolean> {
      return (await database.one<{ started: boolean }>(start, { name }, context)).started;
    },
    /** The build goes on; false when it was given up meanwhile. */
    async beat(name: string, indexed: number, context: CallContext): Promise<boolean> {
      return (await database.one<{ alive: boolean }>(beat, { name, indexed }, context)).alive;
    },
    /** The new index is the one that counts; gives back the one before it. `live` is null when it was not being built. */
    makeLive: (name: string, context: CallContext) =>
      database.one<{ live: string | null; old: string | null }>(makeLive, { name }, context),
    /** Gives a build up. */
    retire: (name: string, context: CallContext) => database.one(retire, { name }, context),
    /** A retired one has left the engine. */
    forget: (name: string, context: CallContext) => database.one(forget, { name }, context),
    /** Which indexes there are; builds that died are retired. */
    survey: (context: CallContext) => database.one<IndexSurvey>(survey, {}, context),
    progress: (name: string, context: CallContext) => database.one<IndexProgress>(progress, { name }, context),
  };
}
