import type { DeadLetter } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import type { Edge, Listed } from "../../calls/paging.ts";

export const toDeadLetter = ({ eventJson, ...letter }: DeadLetter) => ({ ...letter, event: eventJson });

export type ApiDeadLetter = ReturnType<typeof toDeadLetter>;
export type ApiDeadLetterConnection = Listed<ApiDeadLetter> & { totalCount: number };
export type ApiDeadLetterEdge = Edge<ApiDeadLetter>;
