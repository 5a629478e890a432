import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WidgetSchema } from "@sidecart/proto/warehouse/v1/warehouse";

export type Widget = {
  id: string;
  accountId: string;
  name: string;
  createdAt: string;
  /** When the event of its creation was delivered; null until then. */
  announcedAt: string | null;
};

export const toProto = ({ announcedAt, ...rest }: Widget): MessageInitShape<typeof WidgetSchema> => ({
  ...rest,
  announcedAt: announcedAt ?? "",
});
