import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WidgetSchema } from "@sidecart/proto/warehouse/v1/warehouse";
import { z } from "zod";

/** A widget as the store returns it. `announcedAt` is null until the event of its creation is delivered. */
export const widget = z.strictObject({
  id: z.string(),
  accountId: z.string(),
  name: z.string(),
  createdAt: z.string(),
  announcedAt: z.string().nullable(),
});
export type Widget = z.infer<typeof widget>;

export const toProto = ({ announcedAt, ...rest }: Widget): MessageInitShape<typeof WidgetSchema> => ({
  ...rest,
  announcedAt: announcedAt ?? "",
});
