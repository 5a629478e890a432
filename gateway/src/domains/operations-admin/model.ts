import type { DeadLetter } from "@sidecart/proto/ops/v1/ops";

export const toDeadLetter = ({ eventJson, ...letter }: DeadLetter) => ({ ...letter, event: eventJson });

export type ApiDeadLetter = ReturnType<typeof toDeadLetter>;
export type ApiDeadLetters = { total: number; items: ApiDeadLetter[] };
