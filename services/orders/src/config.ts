import { platformConfig } from "@sidecart/platform/config";
import { maxQuantity } from "@sidecart/platform/rpc";
import { z } from "zod";

const most = (normal: number) => z.coerce.number().int().min(1).max(maxQuantity).default(normal);

/** The settings of orders, in addition to the platform's: what one account may order. */
export const ordersConfig = platformConfig.extend({
  /** Orders that are not paid yet. */
  SIDECART_QUOTA_OPEN_ORDERS: most(20),
  /** Units of one product in one order. */
  SIDECART_QUOTA_LINE_UNITS: most(100),
  /** Units in one order. */
  SIDECART_QUOTA_ORDER_UNITS: most(500),
  /** Units of one product in all unpaid orders. */
  SIDECART_QUOTA_PRODUCT_UNITS: most(200),
  /** Orders placed in an hour, also those that ended. */
  SIDECART_QUOTA_ORDERS_PER_HOUR: most(100),
});
export type OrdersConfig = z.infer<typeof ordersConfig>;
