import { AppError, type ErrorKind } from "@sidecart/platform/rpc";
import type { Order, Refusal, Transition } from "@sidecart/proto/orders/v1/orders";

/** An order as the API shows it. */
export const toOrder = ({ accountId, username, lines, ...order }: Order) => ({
  ...order,
  userId: accountId,
  username: username || null,
  orderProducts: lines,
});

export type ApiOrder = ReturnType<typeof toOrder>;

/** The first transition has no `from`. */
export const toTransition = ({ from, ...rest }: Transition) => ({ ...rest, from: from || null });

export type ApiOrderTransition = ReturnType<typeof toTransition>;

export type NewOrder = {
  orderProducts: { productId: string; quantity: number }[];
  idempotencyKey?: string | null | undefined;
};

/** The API's name of a field of a placement. */
export const placementField = (field: string) => field.replace(/^lines\b/, "orderProducts");

/** The error that a customer gets for a refused placement. */
export function refusalError(refusal: Refusal | undefined): Error {
  if (!refusal) return new Error("orders answered a placement without an outcome");
  const status = refusal.code === "PRODUCT_NOT_FOUND" ? "NOT_FOUND" : "FAILED_PRECONDITION";
  const kind: ErrorKind = { code: refusal.code, status, text: refusal.message };
  const { productIds } = refusal;
  return new AppError(kind, { details: productIds.length > 0 ? { productIds } : {} });
}
