import type { OrdersConfig } from "./config.ts";
import { type Refusal, refusals } from "./errors.ts";

/** What one account may order. Catalog checks what depends on the account's other orders. */
export type Quota = {
  openOrders: number;
  lineUnits: number;
  orderUnits: number;
  productUnits: number;
  ordersPerHour: number;
};

export const quotaOf = (config: OrdersConfig): Quota => ({
  openOrders: config.SIDECART_QUOTA_OPEN_ORDERS,
  lineUnits: config.SIDECART_QUOTA_LINE_UNITS,
  orderUnits: config.SIDECART_QUOTA_ORDER_UNITS,
  productUnits: config.SIDECART_QUOTA_PRODUCT_UNITS,
  ordersPerHour: config.SIDECART_QUOTA_ORDERS_PER_HOUR,
});

/** The quota as catalog counts it: the reservation of an order is open until the order is paid or has ended. */
export const toReservationQuota = ({ openOrders, productUnits, ordersPerHour }: Quota) => ({
  openReservations: openOrders,
  unitsPerProduct: productUnits,
  reservationsPerHour: ordersPerHour,
});

/** Why an order is too large, whatever else its account has ordered. Lines of one product count together. */
export function tooLarge(
  lines: readonly { productId: string; quantity: number }[],
  { lineUnits, orderUnits }: Quota,
): Refusal | undefined {
  const units = new Map<string, number>();
  for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity);
  const large = [...units].filter(([, quantity]) => quantity > lineUnits).map(([productId]) => productId);
  if (large.length > 0) return { ...refusals.lineTooLarge, productIds: large };
  const all = [...units.values()].reduce((sum, quantity) => sum + quantity, 0);
  return all > orderUnits ? refusals.orderTooLarge : undefined;
}
