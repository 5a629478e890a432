import { inOrderOf } from "@sidecart/platform/ids";
import { type Batcher, createBatcher } from "@sidecart/platform/rpc";
import type { Account } from "@sidecart/proto/accounts/v1/accounts";
import { batchBounds, unique } from "../../calls/batching.ts";
import type { Services } from "../../services.ts";

/** Each call carries one caller's token. Many run concurrently, so that callers do not wait for each other. */
const parallel = 64;

/** Batches one caller's reads of accounts. Ids must be in lower case, as the service returns them. */
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
