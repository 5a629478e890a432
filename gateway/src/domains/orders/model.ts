import { AppError, type ErrorKind, type StatusName, toAppError } from "@sidecart/platform/rpc";
import type { Order, Refusal, Transition } from "@sidecart/proto/orders/v1/orders";
import { toEnum } from "../../calls/enum-names.ts";
import type { Edge, Listed } from "../../calls/paging.ts";

/** An order as the API shows it. */
export const toOrder = ({ accountId, username, lines, status, paymentStatus, ...order }: Order) => ({
  ...order,
  status: toEnum(status),
  paymentStatus: toEnum(paymentStatus),
  userId: accountId,
  username: username || null,
  orderProducts: lines,
});

export type ApiOrder = ReturnType<typeof toOrder>;
export type ApiOrderConnection = Listed<ApiOrder>;
export type ApiOrderEdge = Edge<ApiOrder>;

/** The first transition has no `from`. */
export const toTransition = ({ from, to, actor, reason, at }: Transition) => ({
  from: from ? toEnum(from) : null,
  to: toEnum(to),
  actor,
  reason,
  at,
});

export type ApiOrderTransition = ReturnType<typeof toTransition>;

export type NewOrder = {
  orderProducts: { productId: string; quantity: number }[];
  idempotencyKey?: string | null | undefined;
};

/** The API's name of a field of a placement. */
export const placementField = (field: string) => field.replace(/^lines\b/, "orderProducts");

/** The error of a refused transition, with the API's names of the states. */
export function transitionError(error: unknown): unknown {
  const { code, status, details } = toAppError(error);
  if (code !== "ILLEGAL_TRANSITION" || !details) return error;
  const [from, to] = [details.from, details.to].map((state) => toEnum(String(state)));
  return new AppError(
    { code, status, text: `An order that is ${from} cannot become ${to}.` },
    { details: { from, to } },
  );
}

const statuses: Readonly<Record<string, StatusName>> = {
  PRODUCT_NOT_FOUND: "NOT_FOUND",
  TOO_MANY_ORDERS: "RESOURCE_EXHAUSTED",
};

/** The error that a customer gets for a refused placement. */
export function refusalError(refusal: Refusal | undefined): Error {
  if (!refusal) return new Error("orders answered a placement without an outcome");
  const { code, message: text } = refusal;
  const kind: ErrorKind = { code, status: statuses[code] ?? "FAILED_PRECONDITION", text };
  const { productIds } = refusal;
  return new AppError(kind, { details: productIds.length > 0 ? { productIds } : {} });
}
