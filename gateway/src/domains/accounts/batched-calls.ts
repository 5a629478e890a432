import { inOrderOf } from "@sidecart/platform/ids";
import { type Batcher, createBatcher } from "@sidecart/platform/rpc";
import { batchBounds, unique } from "../../calls/batching.ts";
import type { Services } from "../../services.ts";
import { type ApiUser, toUser } from "./model.ts";

/** Each call carries one caller's token. Many run concurrently, so that callers do not wait for each other. */
const parallel = 64;

/** Batches one caller's reads of users. Ids must be in lower case, as the service returns them. */
export const accountBatcher = ({ accounts }: Pick<Services, "accounts">): Batcher<string, ApiUser | undefined> =>
  createBatcher<string, ApiUser | undefined>({
    ...batchBounds,
    name: "accounts",
    parallel,
    keyOf: (_id, { authorization = "" }) => authorization,
    run: async (ids, context) => {
      const { accounts: found } = await accounts.getAccounts({ ids: unique(ids) }, context);
      return inOrderOf(ids, found.map(toUser));
    },
  });
