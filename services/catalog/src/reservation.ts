import { z } from "zod";

/** What an order asks to be put aside; one line a product. */
export type Line = { productId: string; quantity: number };
export type Wanted = { id: string; lines: Line[] };

/** A line with the price of the moment it was reserved. */
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
  status: "reserved" | "out-of-stock" | "unknown-product" | "closed" | "changed";
  lines: z.infer<typeof pricedLine>[];
  /** The products that stood in the way. */
  productIds: string[];
};

/** Lines of the same product become one, so that a lock and a limit see their sum. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const byProduct = new Map<string, number>();
  for (const { productId, quantity } of lines) byProduct.set(productId, (byProduct.get(productId) ?? 0) + quantity);
  return [...byProduct].map(([productId, quantity]) => ({ productId, quantity }));
}

/** True when a reservation that was made before is for exactly these lines. */
export function sameLines(made: readonly Line[], asked: readonly Line[]): boolean {
  const quantities = new Map(asked.map((line) => [line.productId, line.quantity]));
  return made.length === asked.length && made.every((line) => quantities.get(line.productId) === line.quantity);
}
