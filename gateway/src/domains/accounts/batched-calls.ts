import { type Batcher, createBatcher } from "@sidecart/platform/rpc";
import type { Account } from "@sidecart/proto/accounts/v1/accounts";
import { batchBounds, inOrderOf, unique } from "../../calls/batching.ts";
import type { Services } from "../../services.ts";

/** Each call shows one person's token, so many run at once: people do not wait for each other. */
const parallel = 64;

/** Reads of accounts by one person, in one call. Ids in lower case, as the service has them. */
export const accountBatcher = ({ accounts }: Pick<Services, "accounts">): Batcher<string, Account | undefined> =>
  createBatcher<string, Account | undefined>({
    ...batchBounds,
    name: "accounts",
    parallel,
    keyOf: (_id, { authorization = "" }) => authorization,
    run: async (ids, context) => {
      const { accounts: found } = await accounts.getAccounts({ ids: unique(ids) }, context);
      return inOrderOf(ids, found);
    },
  });
