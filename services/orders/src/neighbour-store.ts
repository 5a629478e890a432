import type { CallContext } from "@sidecart/platform/call";
import { type Database, sql } from "@sidecart/platform/database";

const keepAccount = sql(
  "neighbour.keep-account",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(id uuid, username text, version int)),
   kept as (
     insert into known_accounts (id, username, version) select id, username, version from input
     on conflict (id) do update set username = excluded.username, version = excluded.version
     where known_accounts.version < excluded.version returning 1)
   select jsonb_build_object('kept', (select count(*) from kept))::text`,
);

const keepProduct = sql(
  "neighbour.keep-product",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, name text, price bigint, currency text, deleted boolean,
       version int)),
   kept as (
     insert into known_products (id, name, price, currency, deleted, version)
     select id, name, price, currency, deleted, version from input
     on conflict (id) do update set name = excluded.name, price = excluded.price, currency = excluded.currency,
       deleted = excluded.deleted, version = excluded.version
     where known_products.version < excluded.version returning 1)
   select jsonb_build_object('kept', (select count(*) from kept))::text`,
);

export type KnownAccount = { id: string; username: string; version: number };
export type KnownProduct = {
  id: string;
  name: string;
  price: number;
  currency: string;
  deleted: boolean;
  version: number;
};

export type NeighbourStore = ReturnType<typeof createNeighbourStore>;

/** What orders keeps of its neighbours. The newest version wins, so any order and number of deliveries end the same. */
export function createNeighbourStore(database: Database) {
  return {
    async keepAccount(account: KnownAccount, context: CallContext): Promise<void> {
      await database.one(keepAccount, account, context);
    },
    async keepProduct(product: KnownProduct, context: CallContext): Promise<void> {
      await database.one(keepProduct, product, context);
    },
  };
}
