import type { ErrorKind } from "@sidecart/platform/rpc";

export const orderErrors = {
  orderNotFound: { code: "ORDER_NOT_FOUND", status: "NOT_FOUND", text: "There is no such order." },
  illegalTransition: {
    code: "ILLEGAL_TRANSITION",
    status: "FAILED_PRECONDITION",
    text: "The order's status does not allow this.",
  },
} as const satisfies Record<string, ErrorKind>;

export type Refusal = { code: string; text: string; productIds?: string[] };

/** Why a placement was refused. Other placements of the batch are not affected. */
export const refusals = {
  outOfStock: { code: "OUT_OF_STOCK", text: "There is not enough stock." },
  productNotFound: { code: "PRODUCT_NOT_FOUND", text: "There is no such product." },
  idempotencyConflict: { code: "IDEMPOTENCY_CONFLICT", text: "This idempotency key was used for another order." },
  mixedCurrencies: { code: "MIXED_CURRENCIES", text: "All products must have the same currency." },
  keyExhausted: { code: "IDEMPOTENCY_KEY_EXHAUSTED", text: "Orders under this key failed too often. Use a new key." },
  lineTooLarge: { code: "LINE_TOO_LARGE", text: "One order may not have that many units of a product." },
  orderTooLarge: { code: "ORDER_TOO_LARGE", text: "One order may not have that many units." },
  tooManyUnits: { code: "TOO_MANY_UNITS", text: "Your unpaid orders already have many units of this product." },
  tooManyOpenOrders: { code: "TOO_MANY_OPEN_ORDERS", text: "Pay or cancel one of your unpaid orders first." },
  tooManyOrders: { code: "TOO_MANY_ORDERS", text: "You have placed many orders in the last hour. Try again later." },
  tooExpensive: { code: "TOTAL_TOO_LARGE", text: "The order's total is too large." },
} as const;
