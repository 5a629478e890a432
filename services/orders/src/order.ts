import type { MessageInitShape } from "@bufbuild/protobuf";
import type { OrderSchema } from "@sidecart/proto/orders/v1/orders";
import { z } from "zod";

export const statuses = [
  "pending_payment",
  "paid",
  "preparing",
  "ready",
  "assigned",
  "picked_up",
  "delivered",
  "cancelled",
  "expired",
] as const;
export type Status = (typeof statuses)[number];
const paymentStatuses = ["none", "pending", "paid", "failed", "refunded"] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** Prices are minor units of the order's currency. */
const orderLine = z.strictObject({ productId: z.string(), name: z.string(), quantity: z.number(), price: z.number() });
export type OrderLine = z.infer<typeof orderLine>;
/** An order as the store returns it. `username` is empty until the first event of its account has arrived. */
export const order = z.strictObject({
  id: z.string(),
  accountId: z.string(),
  username: z.string(),
  status: z.enum(statuses),
  paymentStatus: z.enum(paymentStatuses),
  quantity: z.number(),
  priceTotal: z.number(),
  currency: z.string(),
  lines: z.array(orderLine),
  version: z.number(),
  createdAt: z.string(),
});
export type Order = z.infer<typeof order>;

/** For each status, the statuses from which an order may reach it. The SQL statement refuses any other transition. */
export const comesFrom = {
  paid: ["pending_payment"],
  preparing: ["paid"],
  ready: ["preparing"],
  assigned: ["ready"],
  picked_up: ["assigned"],
  delivered: ["picked_up"],
  /** Until preparation starts. */
  cancelled: ["pending_payment", "paid"],
  expired: ["pending_payment"],
} as const satisfies Partial<Record<Status, readonly Status[]>>;

/** The statuses that an order can reach after it was placed. */
export type Reachable = keyof typeof comesFrom;

/** An order that is unpaid for this long expires, and its stock is released. */
export const paymentWindowMs = 15 * 60_000;

export type Totals = { quantity: number; priceTotal: number };

/** Exact integer sums. Undefined when they exceed the limits. */
export function totals(lines: readonly OrderLine[], most: number): Totals | undefined {
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  const priceTotal = lines.reduce((sum, line) => sum + line.quantity * line.price, 0);
  return Number.isSafeInteger(priceTotal) && priceTotal <= most && quantity <= 2 ** 31 - 1
    ? { quantity, priceTotal }
    : undefined;
}

/** The order as it was when it was placed. A repeated call returns this, whatever has happened since. */
export const asPlaced = (order: Order): Order => ({
  ...order,
  status: "pending_payment",
  paymentStatus: "pending",
  version: 1,
});

export function toProto(order: Order): MessageInitShape<typeof OrderSchema> {
  const lines = order.lines.map((line) => ({ ...line, price: BigInt(line.price) }));
  return { ...order, priceTotal: BigInt(order.priceTotal), lines };
}
