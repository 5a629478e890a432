import type { ErrorKind } from "@sidecart/platform/rpc";

export const catalogErrors = {
  productNotFound: { code: "PRODUCT_NOT_FOUND", status: "NOT_FOUND", text: "There is no such product." },
  outOfStock: { code: "OUT_OF_STOCK", status: "FAILED_PRECONDITION", text: "There is not enough stock." },
  tooMuchStock: { code: "TOO_MUCH_STOCK", status: "FAILED_PRECONDITION", text: "The stock would exceed its limit." },
  reservationLost: { code: "RESERVATION_LOST", status: "FAILED_PRECONDITION", text: "The reserved stock is gone." },
  unknownPartner: { code: "UNKNOWN_PARTNER", status: "FAILED_PRECONDITION", text: "There is no such partner." },
  reindexRunning: { code: "REINDEX_RUNNING", status: "ABORTED", text: "A reindex is already running." },
} as const satisfies Record<string, ErrorKind>;
