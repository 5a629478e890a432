import type { DeadLetter } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";

export const toDeadLetter = ({ eventJson, ...letter }: DeadLetter) => ({ ...letter, event: eventJson });

export type ApiDeadLetter = ReturnType<typeof toDeadLetter>;
export type ApiDeadLetters = { total: number; items: ApiDeadLetter[] };
