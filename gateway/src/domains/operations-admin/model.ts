import type { ReservedStock } from "@sidecart/proto/catalog/v1/catalog";
import type { DeadLetter } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import { toEnum } from "../../calls/enum-names.ts";
import type { Edge, Listed } from "../../calls/paging.ts";
import type { ApiOrderTransition } from "../orders/model.ts";

export const toDeadLetter = ({ eventJson, ...letter }: DeadLetter) => ({ ...letter, event: eventJson });

export type ApiDeadLetter = ReturnType<typeof toDeadLetter>;
export type ApiDeadLetterConnection = Listed<ApiDeadLetter> & { totalCount: number };
export type ApiDeadLetterEdge = Edge<ApiDeadLetter>;

export const toReservation = ({ status, expiresAt, closedAt, ...rest }: ReservedStock) => ({
  ...rest,
  status: toEnum(status),
  expiresAt: expiresAt || null,
  closedAt: closedAt || null,
});

export type ApiReservation = ReturnType<typeof toReservation>;

/** What a service has done with an event. The last three only of a dead letter. */
export type ApiEventHandling = {
  service: string;
  state: "HANDLED" | "PENDING" | "DEAD_LETTER" | "UNKNOWN";
  handledAt: string | null;
  error?: string;
  attempts?: number;
  diedAt?: string;
};

type StepEvent = { id: string; topic: string; isPublished: boolean; handling: ApiEventHandling[] };
/** A transition of an order, with what caused it and what followed. */
export type ApiOrderStep = ApiOrderTransition & { traceId: string | null; event: StepEvent | null };
