import { onEveryReplica, type Subscription } from "@sidecart/platform/events";
import type { Invalidate } from "./domains/changes.ts";
import { domains } from "./domains/domains.ts";

/** Every replica subscribes to changes of the data that domains cache. */
export function subscriptions({ invalidate }: { invalidate: Invalidate }): Subscription[] {
  return domains.flatMap(({ follows }) => {
    if (!follows) return [];
    const { service, message } = follows;
    const subscription = onEveryReplica(message, async ({ data }) => {
      for (const { id, owner, version, stock } of data.changes) {
        invalidate(service, { id, owner, version, stock, inPlace: stock !== undefined });
      }
    });
    return [subscription];
  });
}
