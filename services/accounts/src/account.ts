import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Role } from "@sidecart/platform/rpc";
import type { AccountSchema } from "@sidecart/proto/accounts/v1/accounts";

export type Account = {
  id: string;
  email: string;
  username: string;
  roles: Role[];
  version: number;
  createdAt: string;
};

export function toProto({ version: _, ...account }: Account): MessageInitShape<typeof AccountSchema> {
  return account;
}

/** How e-mails are compared: the same mailbox whatever the case or Unicode form it was typed in. */
export const emailKey = (email: string): string => email.normalize("NFKC").toLowerCase();
