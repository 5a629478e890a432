import type { Caller, Verifier } from "@sidecart/platform/rpc";
import { AppError, background, type CallContext } from "@sidecart/platform/rpc";
import type { ApiOrder } from "../order-resolvers.ts";
import type { Reads } from "../reads.ts";
import { type CacheOptions, type Change, createEntries } from "./entries.ts";
import { createPages, nameOf } from "./pages.ts";
import { bytesIn, bytesOfTexts } from "./room.ts";

const shareOfHeap = { orders: 0.2, pages: 0.05 };

export type OrderCache = Pick<Reads, "order" | "orders"> & { change(change: Change): void };

const amend = (order: ApiOrder | null, { version }: Change) => (order && version <= order.version ? order : undefined);

const maySee = ({ accountId, roles }: Caller, order: ApiOrder) => order.userId === accountId || roles.includes("admin");

const bytesOfEmptyOrder = 850;
const bytesOfLine = 230;

/** About what an order takes, rather more than less; measured in room.test.ts. */
export function bytesOfOrder({ username, orderProducts }: ApiOrder): number {
  let bytes = bytesOfEmptyOrder + bytesOfTexts(username ?? "");
  for (const { name } of orderProducts) bytes += bytesOfLine + bytesOfTexts(name);
  return bytes;
}

/**
 * Orders, shown from memory to their account and to admins alone, by a token that was verified here. Where the keys for
 * that cannot be had, the service is asked, which has its own.
 */
export function createOrderCache(options: CacheOptions & { verifier: Verifier }): OrderCache {
  const { reads, maxAgeMs, timeoutMs, verifier } = options;
  const maxBytes = bytesIn(shareOfHeap.orders);
  const entries = createEntries({
    name: "orders",
    maxBytes,
    maxAgeMs,
    bytesOf: bytesOfOrder,
    keepsMissing: false,
    amend,
  });
  const touches = (change: Change, account: string) => change.owner === account;
  const pages = createPages({ entries, maxBytes: bytesIn(shareOfHeap.pages), maxAgeMs, touches });
  const apart = ({ authorization }: CallContext) => ({ ...background(timeoutMs), authorization });

  const fetchOrder = (id: string, call: CallContext) =>
    entries.fetch(id, `${id} ${call.authorization}`, () => reads.order(id, apart(call)));

  return {
    async order(id, call) {
      const caller = await callerOf(verifier, call);
      if (!caller) return reads.order(id, call);
      const wanted = id.toLowerCase();
      const known = entries.known(wanted);
      if (!known) return fetchOrder(wanted, call);
      if (!maySee(caller, known)) return null;
      entries.prolong(wanted, (id) => fetchOrder(id, call));
      return known;
    },
    async orders(page, call) {
      const caller = await callerOf(verifier, call);
      if (!caller) return reads.orders(page, call);
      const asked = { owner: caller.accountId, page: nameOf(page), asker: `${call.authorization}` };
      return pages.rows(
        asked,
        () => reads.orders(page, apart(call)),
        (id) => fetchOrder(id, call),
      );
    },
    change(change) {
      entries.change(change);
      pages.drop(change.owner);
    },
  };
}

/** Who asks; undefined when it cannot be told just now. A bad token is refused as the service would. */
async function callerOf(verifier: Verifier, call: CallContext): Promise<Caller | undefined> {
  try {
    return await verifier.caller(call);
  } catch (error) {
    if (error instanceof AppError && error.status === "UNAUTHENTICATED") throw error;
    return undefined;
  }
}
