import type { Widget } from "@sidecart/proto/warehouse/v1/warehouse";

/** A widget as the API shows it. */
export const toWidget = ({ accountId, announcedAt, ...rest }: Widget) => ({
  ...rest,
  userId: accountId,
  announcedAt: announcedAt || null,
});

export type ApiWidget = ReturnType<typeof toWidget>;
