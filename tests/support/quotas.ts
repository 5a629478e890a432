import type { Quota } from "../../services/catalog/src/reservation.ts";

const enough = 1_000_000;

/** For tests of something else than quotas. */
export const amply = { openReservations: enough, unitsPerProduct: enough, reservationsPerHour: enough } satisfies Quota;

/** The environment of orders in such tests. */
export const withoutQuotas = {
  SIDECART_QUOTA_OPEN_ORDERS: String(enough),
  SIDECART_QUOTA_LINE_UNITS: String(enough),
  SIDECART_QUOTA_ORDER_UNITS: String(enough),
  SIDECART_QUOTA_PRODUCT_UNITS: String(enough),
  SIDECART_QUOTA_ORDERS_PER_HOUR: String(enough),
};
