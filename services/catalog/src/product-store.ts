import { join } from "node:path";
import { type Database, inHalves, isTooLarge, sqlFile } from "@sidecart/platform/database";
import type { PendingEvent } from "@sidecart/platform/events";
import { inOrderOf } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { z } from "zod";
import { catalogErrors } from "./errors.ts";
import { type Product, product } from "./product.ts";

const outcome = { product: product.nullable() };
const statement = sqlFile(join(import.meta.dirname, "product-store.sql"));
const create = statement(
  "product.create",
  z.strictObject({ ...outcome, deleted: z.boolean(), partnerKnown: z.boolean() }),
);
const update = statement("product.update", z.strictObject({ ...outcome, known: z.boolean() }));
const changeStock = statement(
  "product.change-stock",
  z.strictObject({
    stock: z.number().nullable(),
    taken: z.boolean(),
    available: z.number().nullable(),
    allowed: z.boolean(),
    known: z.boolean(),
  }),
);
const byIds = statement("product.by-ids", z.array(product));
const newest = statement("product.newest", z.array(product));

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

export type ProductStore = ReturnType<typeof createProductStore>;

export function createProductStore(database: Database) {
  return {
    /** Returns the existing product when the id is taken. Undefined when the partner is unknown. */
    async create(product: NewProduct, event: PendingEvent, context: CallContext): Promise<Product | undefined> {
      const run = () => database.one(create, { ...product, event }, context);
      let outcome = await run();
      // Another statement wrote the product while this one ran, whose snapshot does not have it. The next statement
      // sees it.
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
      return database.one(update, { id, owner, changes: some, deleted, at, event }, context);
    },
    /** A change whose id was used before for this product returns the stock of that time. */
    async changeStock(
      change: StockChange,
      owner: string | null,
      at: Date,
      events: { changed: PendingEvent; depleted: PendingEvent },
      context: CallContext,
    ) {
      const run = () => database.one(changeStock, { ...change, owner, at, ...events }, context);
      let { taken, ...outcome } = await run();
      // Another statement used the id while this one ran, and perhaps took the stock that this change needs. The next
      // statement sees it.
      if (taken || (outcome.allowed && outcome.stock === null)) ({ taken, ...outcome } = await run());
      if (taken) throw new AppError(commonErrors.invalid, { message: "commandId: was used for another product" });
      return outcome;
    },
    byIds: (ids: string[], context: CallContext) => byIdsInOrder(database, ids, context),
    /** Products older than `after`, newest first. */
    newest: (first: number, after: string | undefined, context: CallContext) => page(database, first, after, context),
  };
}

/** Queries halves when one response would be too large. */
async function page(
  database: Database,
  first: number,
  after: string | undefined,
  context: CallContext,
): Promise<Product[]> {
  try {
    return await database.one(newest, { first, after }, context);
  } catch (error) {
    if (first === 1 || !isTooLarge(error)) throw error;
    const half = Math.ceil(first / 2);
    const found = await page(database, half, after, context);
    if (found.length < half) return found;
    return [...found, ...(await page(database, first - half, found.at(-1)?.id, context))];
  }
}

/** In the requested order. Unknown products are omitted. */
async function byIdsInOrder(database: Database, ids: string[], context: CallContext): Promise<Product[]> {
  const found = await inHalves([...new Set(ids)], (some) => database.one(byIds, { ids: some }, context));
  return inOrderOf(ids, found).filter((product) => product !== undefined);
}
