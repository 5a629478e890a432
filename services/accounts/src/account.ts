import type { MessageInitShape } from "@bufbuild/protobuf";
import { roles } from "@sidecart/platform/rpc";
import type { AccountSchema } from "@sidecart/proto/accounts/v1/accounts";
import { z } from "zod";

export const account = z.strictObject({
  id: z.string(),
  email: z.string(),
  username: z.string(),
  roles: z.array(z.enum(roles)),
  version: z.number(),
  createdAt: z.string(),
});
export type Account = z.infer<typeof account>;

export function toProto({ version: _, ...account }: Account): MessageInitShape<typeof AccountSchema> {
  return account;
}
