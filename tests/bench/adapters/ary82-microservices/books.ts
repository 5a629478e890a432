import { setTimeout as sleep } from "node:timers/promises";
import type { Books } from "../../adapter.ts";
import { unitsInStock } from "../../data-set.ts";
import type { Databases } from "./databases.ts";
import { uuidOf } from "./ids.ts";

/** The initial stock of a product, and the units ordered before. */
type Offer = { units: number; ordered: number };
type Row = { product: string; units: number };

const lookEveryMs = 100;
const givenUpAfterMs = 3_000;

/**
 * The implementation does not record handled events. Orders and stock are in two databases, so this compares the units
 * ordered since the stock was set with the remaining stock.
 */
export class StockBooks {
  readonly #databases: Databases;
  #offers = new Map<string, Offer>();

  constructor(databases: Databases) {
    this.#databases = databases;
  }

  /** Starts from the unchanged data set. */
  async open(): Promise<void> {
    const ordered = await orderedUnits(this.#databases);
    const { rows } = await this.#databases.products.query<{ id: string }>("select id from products");
    const offers = rows.map(({ id }) => [id, { units: unitsInStock, ordered: ordered.get(id) ?? 0 }] as const);
    this.#offers = new Map(offers);
  }

  async setStock(product: number, units: number): Promise<void> {
    const id = uuidOf("product", product);
    await this.#databases.products.query("update products set stock = $2 where id = $1", [id, units]);
    this.#offers.set(id, { units, ordered: (await orderedUnits(this.#databases)).get(id) ?? 0 });
  }

  /** Every order of the bench has one unit, so each unit taken from stock is a handled event. */
  async read(): Promise<Books> {
    const { rows } = await this.#databases.orders.query<{ count: number }>("select count(*)::int from orders");
    const { taken, oversold } = await this.#state();
    return { orders: rows[0]?.count ?? 0, reservations: undefined, handled: taken, oversold };
  }

  /** Resolves when the stock matches the orders, or no longer changes, because a lost event has no effect. */
  async settled(): Promise<void> {
    let last = -1;
    let changed = performance.now();
    for (;;) {
      const { outstanding } = await this.#state();
      if (outstanding === 0) return;
      if (outstanding !== last) changed = performance.now();
      if (performance.now() - changed > givenUpAfterMs) return;
      last = outstanding;
      await sleep(lookEveryMs);
    }
  }

  /** Units taken from stock, units ordered in excess of the stock, and ordered units that are still in stock. */
  async #state(): Promise<{ taken: number; oversold: number; outstanding: number }> {
    const ordered = await orderedUnits(this.#databases);
    const left = await this.#databases.products.query<Row>("select id as product, stock as units from products");
    let [taken, oversold, outstanding] = [0, 0, 0];
    for (const { product, units } of left.rows) {
      const offer = this.#offers.get(product);
      if (!offer) throw new Error(`product ${product} is not in the data set`);
      const rest = offer.units - ((ordered.get(product) ?? 0) - offer.ordered);
      taken += offer.units - units;
      oversold += Math.max(0, -rest);
      outstanding += units - Math.max(0, rest);
    }
    return { taken, oversold, outstanding };
  }
}

async function orderedUnits({ orders }: Databases): Promise<Map<string, number>> {
  const { rows } = await orders.query<Row>(
    "select product_id as product, sum(quantity)::int as units from order_products group by product_id",
  );
  return new Map(rows.map(({ product, units }) => [product, units]));
}
