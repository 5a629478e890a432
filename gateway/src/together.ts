import { type Batcher, type CallContext, createBatcher, fromFailure, withToken } from "@sidecart/platform/rpc";
import type { Account } from "@sidecart/proto/accounts/v1/accounts";
import type { Product } from "@sidecart/proto/catalog/v1/catalog";
import type { Order, PlaceOutcome } from "@sidecart/proto/orders/v1/orders";
import type { Services } from "./services.ts";

/** An order to be placed, and whose it is. */
type Placement = {
  lines: { productId: string; quantity: number }[];
  idempotencyKey: string;
  authorization: string;
  traceparent: string;
};

/** An order, and who wants to see it. */
type OrderOf = { id: string; authorization: string };

/** Calls about one thing, which go to its service together with others of the same moment. Ids in lower case, as services have them. */
export type Together = {
  product: Batcher<string, Product | undefined>;
  account: Batcher<string, Account | undefined>;
  order: Batcher<OrderOf, Order | undefined>;
  place: Batcher<Placement, PlaceOutcome>;
};

/** Where each call is one person's: so many people need not wait for each other. */
const people = 64;
/** What services accept in one call; how many are under way, and wait, at a time. */
const bounds = { most: 100, parallel: 2, waiting: 2_000 };
/** For reads, which take a few milliseconds. */
const pace = { patienceMs: 3, lingerMs: 1 };

export function createTogether({ accounts, catalog, orders }: Services): Together {
  return {
    product: createBatcher({
      ...bounds,
      pace,
      name: "products",
      run: async (ids, context) => {
        const { products } = await catalog.getProducts({ ids: unique(ids) }, anybody(context));
        return byId(ids, products);
      },
    }),
    account: createBatcher({
      ...bounds,
      name: "accounts",
      parallel: people,
      keyOf: token,
      run: async (ids, context) => byId(ids, (await accounts.getAccounts({ ids: unique(ids) }, context)).accounts),
    }),
    order: createBatcher<OrderOf, Order | undefined>({
      ...bounds,
      pace,
      name: "orders",
      async run(asked, context) {
        const { outcomes } = await orders.getOrdersOf({ orders: [...asked] }, anybody(context));
        return outcomes.map(({ result }) => {
          if (result.case === "failure") return fromFailure(result.value);
          return result.value;
        });
      },
    }),
    place: createBatcher<Placement, PlaceOutcome>({
      ...bounds,
      // The fuller a batch, the less an order costs, in every service behind it.
      pace: { patienceMs: 25, lingerMs: 4 },
      name: "placements",
      async run(placements, context) {
        const call = { ...anybody(context), repeatable: true };
        const { outcomes } = await orders.placeOrders({ placements: [...placements] }, call);
        return outcomes.map((one) => (one.result.case === "failure" ? fromFailure(one.result.value) : one));
      },
    }),
  };
}

/** What people ask for together is asked for without the token of one of them. */
const anybody = (context: CallContext): CallContext => withToken(context, undefined);

/** Only what one person may see is asked for in one call. */
const token = (_id: string, { authorization = "" }: { authorization?: string | undefined }) => authorization;

const unique = (ids: readonly string[]) => [...new Set(ids)];

function byId<T extends { id: string }>(ids: readonly string[], found: T[]): (T | undefined)[] {
  const known = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => known.get(id));
}
