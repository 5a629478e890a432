import { type Database, inHalves, instant, isTooLarge, sql } from "@sidecart/platform/database";
import type { OutboxRow } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { catalogErrors } from "./errors.ts";
import { noted } from "./index-queue-store.ts";
import type { Product } from "./product.ts";

const productJson = (p: string) => `jsonb_build_object('id', ${p}.id, 'name', ${p}.name,
  'description', ${p}.description, 'price', ${p}.price, 'currency', ${p}.currency, 'stock', ${p}.on_hand - ${p}.reserved,
  'category', ${p}.category, 'attributes', ${p}.attributes, 'partnerId', ${p}.partner_id, 'imageUrl', ${p}.image_url,
  'version', ${p}.version, 'createdAt', ${instant(`${p}.created_at`)})`;

/** A product event's data: proto JSON of ProductState. */
const stateJson = (p: string) => `jsonb_build_object('product', jsonb_strip_nulls(${productJson(p)}
  || jsonb_build_object('price', ${p}.price::text, 'deleted', ${p}.deleted_at is not null)))`;

const stockJson = (p: string, cause: string, reason: string) => `jsonb_build_object('productId', ${p}.id,
  'stock', ${p}.on_hand - ${p}.reserved, 'version', ${p}.version, 'cause', ${cause}, 'reason', ${reason})`;

const create = sql(
  "product.create",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, name text, description text, price bigint, currency text,
       stock int, category text, attributes jsonb, partner_id uuid, image_url text, at timestamptz, event jsonb)),
   owner as (
     select 1 from input where partner_id is null
     union all select 1 from partners where account_id = (select partner_id from input) and active),
   created as (
     insert into products (id, name, description, price, currency, category, attributes, partner_id, image_url, on_hand,
       created_at, updated_at)
     select id, name, description, price, currency, category, attributes, partner_id, image_url, stock, at, at
     from input where exists (select from owner)
     on conflict (id) do nothing returning *),
   ${noted("select id from created")},
   existing as (select * from products where id = (select id from input)),
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key', ${stateJson("created")}, event->>'traceparent'
     from created, input returning 1)
   select jsonb_build_object('product', coalesce((select ${productJson("created")} from created),
       (select ${productJson("existing")} from existing where deleted_at is null)),
     'deleted', exists (select from existing where deleted_at is not null), 'partnerKnown', exists (select from owner),
     'events', (select count(*) from event))::text`,
);

const update = sql(
  "product.update",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, owner uuid, changes jsonb, deleted boolean, at timestamptz,
       event jsonb)),
   changed as (
     update products p set
       name = coalesce(changes->>'name', p.name),
       description = coalesce(changes->>'description', p.description),
       price = coalesce((changes->>'price')::bigint, p.price),
       currency = coalesce(changes->>'currency', p.currency),
       category = coalesce(changes->>'category', p.category),
       attributes = coalesce(changes->'attributes', p.attributes),
       image_url = coalesce(changes->>'imageUrl', p.image_url),
       deleted_at = case when input.deleted then input.at end,
       version = p.version + 1, updated_at = input.at
     from input
     where p.id = (select id from input) and p.deleted_at is null
       and (input.owner is null or p.partner_id = input.owner)
     returning p.*),
   ${noted("select id from changed")},
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key', ${stateJson("changed")}, event->>'traceparent'
     from changed, input returning 1)
   select jsonb_build_object('product', (select ${productJson("changed")} from changed),
     'known', exists (select from products where id = (select id from input) and deleted_at is null),
     'events', (select count(*) from event))::text`,
);

/** `earlier` is found by its own id, hence materialized: else a plan may go through all changes of the product. */
const changeStock = sql(
  "product.change-stock",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, owner uuid, type text, number int, reason text, actor uuid,
       change_id uuid, most int, at timestamptz, event jsonb, depleted jsonb)),
   found as (
     select p.* from products p, input
     where p.id = (select id from input) and p.deleted_at is null
       and (input.owner is null or p.partner_id = input.owner) for update of p),
   earlier as materialized (select product_id, stock from inventory_changes where id = (select change_id from input)),
   done as (select stock from earlier, found where product_id = found.id),
   wanted as (
     select found.id, found.reserved, found.on_hand - found.reserved as before, case type
       when 'add' then on_hand + number when 'subtract' then on_hand - number else reserved + number end as on_hand
     from found, input),
   fitting as (
     select wanted.* from wanted, input
     where wanted.on_hand between wanted.reserved and input.most and not exists (select from done)),
   recorded as (
     insert into inventory_changes (id, product_id, type, number, reason, actor, stock, at)
     select change_id, fitting.id, type, number, reason, actor, fitting.on_hand - fitting.reserved, at
     from fitting, input on conflict (id) do nothing returning 1),
   changed as (
     update products p set on_hand = fitting.on_hand, version = p.version + 1, updated_at = input.at
     from fitting, input where p.id = (select id from fitting) and exists (select from recorded) returning p.*),
   ${noted("select changed.id from changed, wanted where (changed.on_hand > changed.reserved) <> (before > 0)")},
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key',
       ${stockJson("changed", "input.type", "input.reason")}, event->>'traceparent'
     from changed, input
     union all
     select (depleted->>'id')::uuid, depleted->>'topic', depleted->>'key',
       jsonb_build_object('productId', changed.id, 'version', changed.version), depleted->>'traceparent'
     from changed, input, wanted where changed.on_hand = changed.reserved and wanted.before > 0
     returning 1)
   select jsonb_build_object('stock', coalesce((select stock from done), (select on_hand - reserved from changed)),
     'taken', exists (select from fitting) and not exists (select from recorded),
     'available', (select on_hand - reserved from found), 'allowed', exists (select from found),
     'known', exists (select from products where id = (select id from input) and deleted_at is null),
     'events', (select count(*) from event) + (select count(*) from recorded))::text`,
);

const byIds = sql(
  "product.by-ids",
  `select coalesce(jsonb_agg(${productJson("p")}), '[]')::text
   from products p where p.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid)) and p.deleted_at is null`,
);

const newest = sql(
  "product.newest",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(first int, after uuid)),
   page as (
     select * from products
     where deleted_at is null and id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     order by id desc limit (select first from input))
   select coalesce(jsonb_agg(${productJson("page")} order by page.id desc), '[]')::text from page`,
);

export type NewProduct = Omit<Product, "version" | "createdAt"> & { createdAt: Date };
export type ProductChanges = Partial<
  Pick<Product, "name" | "description" | "price" | "currency" | "category" | "attributes" | "imageUrl">
>;
export type StockChange = {
  id: string;
  changeId: string;
  type: "add" | "subtract" | "set";
  number: number;
  reason: string;
  actor: string;
  most: number;
};
/** An event whose data the statement itself knows. */
export type PendingEvent = Omit<OutboxRow, "data">;

export type ProductStore = ReturnType<typeof createProductStore>;

export function createProductStore(database: Database) {
  return {
    /** The product that has this id already, if there is one. Undefined when the partner is unknown. */
    async create(product: NewProduct, event: PendingEvent, context: CallContext): Promise<Product | undefined> {
      const { partnerId: partner_id, imageUrl: image_url, createdAt, ...rest } = product;
      const input = { ...rest, partner_id, image_url, at: createdAt, event };
      type Outcome = { product: Product | null; deleted: boolean; partnerKnown: boolean };
      const run = () => database.one<Outcome>(create, input, context);
      let outcome = await run();
      // Somebody wrote it while this statement ran, which does not see it: the next one does.
      if (!outcome.product && !outcome.deleted && outcome.partnerKnown) outcome = await run();
      if (outcome.deleted) throw new AppError(catalogErrors.productNotFound);
      return outcome.product ?? undefined;
    },
    /** `owner` null: any product. */
    update(
      id: string,
      owner: string | null,
      changes: ProductChanges & { deleted?: boolean },
      at: Date,
      event: PendingEvent,
      context: CallContext,
    ) {
      const { deleted = false, ...some } = changes;
      const input = { id, owner, changes: some, deleted, at, event };
      return database.one<{ product: Product | null; known: boolean }>(update, input, context);
    },
    /** A change whose id was used before for this product is answered with the stock of then. */
    async changeStock(
      change: StockChange,
      owner: string | null,
      at: Date,
      events: { changed: PendingEvent; depleted: PendingEvent },
      context: CallContext,
    ) {
      const { changeId: change_id, ...rest } = change;
      const input = { ...rest, change_id, owner, at, event: events.changed, depleted: events.depleted };
      type Outcome = { stock: number | null; available: number | null; allowed: boolean; known: boolean };
      const run = () => database.one<Outcome & { taken: boolean }>(changeStock, input, context);
      let { taken, ...outcome } = await run();
      // Somebody used the id while this statement ran, which does not see it, and perhaps took what it asks for: the
      // next one sees it.
      if (taken || (outcome.allowed && outcome.stock === null)) ({ taken, ...outcome } = await run());
      if (taken) throw new AppError(commonErrors.invalid, { message: "commandId: was used for another product" });
      return outcome;
    },
    byIds: (ids: string[], context: CallContext) => byIdsInOrder(database, ids, context),
    /** Newest first, those older than `after`. */
    newest: (first: number, after: string | undefined, context: CallContext) => page(database, first, after, context),
  };
}

/** In two halves when one answer would be too large. */
async function page(
  database: Database,
  first: number,
  after: string | undefined,
  context: CallContext,
): Promise<Product[]> {
  try {
    return await database.one<Product[]>(newest, { first, after: after ?? null }, context);
  } catch (error) {
    if (first === 1 || !isTooLarge(error)) throw error;
    const half = Math.ceil(first / 2);
    const found = await page(database, half, after, context);
    if (found.length < half) return found;
    return [...found, ...(await page(database, first - half, found.at(-1)?.id, context))];
  }
}

/** As they were asked for; those that are not there are left out. */
async function byIdsInOrder(database: Database, ids: string[], context: CallContext): Promise<Product[]> {
  const ask = (some: readonly string[]) => database.one<Product[]>(byIds, { ids: some }, context);
  const found = await inHalves([...new Set(ids)], ask);
  const byId = new Map(found.map((product) => [product.id, product]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
