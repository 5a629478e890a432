import { z } from "zod";

/** The products and quantities to reserve for an order, one line per product. */
export type Line = { productId: string; quantity: number };
export type Wanted = { id: string; accountId: string; lines: Line[]; quota: Quota };
/** What one account may have. */
export type Quota = {
  openReservations: number;
  /** Units of one product in all open reservations of the account. */
  unitsPerProduct: number;
  /** Reservations that the account makes in an hour, also those that end. */
  reservationsPerHour: number;
};

/** A line with the price at the time of the reservation. */
export const pricedLine = z.strictObject({
  productId: z.string(),
  quantity: z.number(),
  price: z.number(),
  currency: z.string(),
  name: z.string(),
  partnerId: z.string().nullable(),
});

export type Outcome = {
  id: string;
  status:
    | "reserved"
    | "out-of-stock"
    | "unknown-product"
    | "too-many-open"
    | "too-many-units"
    | "too-many-made"
    | "closed"
    | "changed";
  lines: z.infer<typeof pricedLine>[];
  /** The products that caused the refusal. */
  productIds: string[];
};

/** Merges lines of the same product, so that locks and limits apply to their sum. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const byProduct = new Map<string, number>();
  for (const { productId, quantity } of lines) byProduct.set(productId, (byProduct.get(productId) ?? 0) + quantity);
  return [...byProduct].map(([productId, quantity]) => ({ productId, quantity }));
}

/** True when an existing reservation has exactly these lines. */
export function sameLines(made: readonly Line[], requested: readonly Line[]): boolean {
  const quantities = new Map(requested.map((line) => [line.productId, line.quantity]));
  return made.length === requested.length && made.every((line) => quantities.get(line.productId) === line.quantity);
}
