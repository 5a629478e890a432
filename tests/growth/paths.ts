import type { Database } from "@sidecart/platform/database";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { createAccountStore } from "../../services/accounts/src/account-store.ts";
import { createSessionStore } from "../../services/accounts/src/session-store.ts";
import { createIndexStore } from "../../services/catalog/src/index-store.ts";
import { createProductStore } from "../../services/catalog/src/product-store.ts";
import { createReservationStore } from "../../services/catalog/src/reservation-store.ts";
import { createOrderStore } from "../../services/orders/src/order-store.ts";
import { amply } from "../support/quotas.ts";
import type { Store } from "../support/store.ts";

/** The calls of a service, by name. Each execution reads other rows. */
export type Paths = (database: Database, query: Store["query"]) => Promise<Record<string, () => Promise<unknown>>>;

/** The number of random rows to read: more than a run reads. */
const asked = 10_000;
const soon = () => background(20_000);

export const catalogPaths: Paths = async (database, query) => {
  const products = createProductStore(database);
  const reservations = createReservationStore(database);
  const index = createIndexStore(database);
  const one = picker(
    await query<{ id: string }>(`select id from products where deleted_at is null order by random() limit ${asked}`),
  );
  return {
    "a product": () => products.byIds([one().id], soon()),
    "40 products": () =>
      products.byIds(
        Array.from({ length: 40 }, () => one().id),
        soon(),
      ),
    "the 20 newest products": () => products.newest(20, undefined, soon()),
    "20 products after any": () => products.newest(20, one().id, soon()),
    "a page of 500 for a search index": () => index.page(one().id, 500, soon()),
    "a reservation": () => {
      const now = new Date();
      const lines = [{ productId: one().id, quantity: 1 }];
      const wanted = { id: newId(), accountId: newId(), quota: amply, lines };
      return reservations.reserve([wanted], now, new Date(now.getTime() + 60_000), soon());
    },
  };
};

export const orderPaths: Paths = async (database, query) => {
  const orders = createOrderStore(database);
  type Row = { id: string; account: string; key: string };
  const one = picker(
    await query<Row>(
      `select id, account_id as account, idempotency_key as key from orders order by random() limit ${asked}`,
    ),
  );
  return {
    "an order with its lines": () => {
      const { id, account } = one();
      return orders.byIds([id], account, soon());
    },
    "a person's 20 newest orders": () => orders.newest(one().account, 20, undefined, soon()),
    "everybody's 20 newest orders": () => orders.newest(null, 20, undefined, soon()),
    "an order's history": () => orders.histories([one().id], null, soon()),
    "an order by its idempotency key": () => {
      const { account, key } = one();
      return orders.byKeys([{ accountId: account, key }], soon());
    },
  };
};

export const accountPaths: Paths = async (database, query) => {
  const accounts = createAccountStore(database);
  const sessions = createSessionStore(database);
  type Row = { id: string; email: string };
  const one = picker(await query<Row>(`select id, email_key as email from accounts order by random() limit ${asked}`));
  return {
    "an account": () => accounts.byIds([one().id], soon()),
    "the 20 newest accounts": () => accounts.newest(20, undefined, soon()),
    "an attempt to log in": () => sessions.attempt(one().email, "somewhere", new Date(), soon()),
  };
};

function picker<T>(rows: readonly T[]): () => T {
  return () => {
    const row = rows[Math.floor(Math.random() * rows.length)];
    if (!row) throw new Error("the table is empty");
    return row;
  };
}
