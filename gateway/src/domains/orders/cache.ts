import type { Caller, Verifier } from "@sidecart/platform/rpc";
import { AppError, background } from "@sidecart/platform/rpc";
import type { Change } from "../../cache/changes.ts";
import { createEntries } from "../../cache/entries.ts";
import { budgetOf, bytesOfTexts } from "../../cache/memory-budget.ts";
import { createPages } from "../../cache/pages.ts";
import type { FetchStart } from "../../cache/shared-fetches.ts";
import { createVisibility } from "../../cache/visibility.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import { type Listed, type PageInput, pageKey } from "../../calls/paging.ts";
import type { ApiOrder } from "./model.ts";
import type { OrderSource } from "./reads.ts";

const heapShare = { orders: 0.16, visibility: 0.04, pages: 0.05 };

type Call = Pick<GatewayCall, "authorization" | "forService">;
export type OrderCache = {
  order(id: string, call: Call): Promise<ApiOrder | null>;
  /** The caller's own orders, newest first. */
  orders(page: PageInput, call: Call): Promise<Listed<ApiOrder>>;
  apply(change: Change): void;
};

const amend = (order: ApiOrder | null, { version }: Change) => (order && version <= order.version ? order : undefined);

const touches = (change: Change, account: string) => change.owner === account;

const bytesOfEmptyOrder = 850;
const bytesOfLine = 230;

/** An estimate, rather too high than too low; memory-budget.test.ts compares it with the heap. */
export function bytesOfOrder({ username, orderProducts }: ApiOrder): number {
  let bytes = bytesOfEmptyOrder + bytesOfTexts(username ?? "");
  for (const { name } of orderProducts) bytes += bytesOfLine + bytesOfTexts(name);
  return bytes;
}

export type OrderCacheOptions = {
  source: OrderSource;
  verifier: Pick<Verifier, "caller">;
  maxAgeMs: number;
  timeoutMs: number;
};
/** Callers with the same account and the same roles see the same orders; `name` stands for both. */
type Viewer = { accountId: string; name: string; authorization: string | undefined };

/**
 * Caches orders and lists of orders. A viewer gets a cached order only if the service has shown it to that viewer. The
 * gateway verifies the viewer's token first. Without the keys for that it calls the service, which verifies the token.
 */
export function createOrderCache({ source, verifier, maxAgeMs, timeoutMs }: OrderCacheOptions): OrderCache {
  if (maxAgeMs === 0) return uncached(source);
  const entries = createOrderEntries(maxAgeMs);
  const visibility = createVisibility(budgetOf(heapShare.visibility), maxAgeMs);
  const pages = createPages({ entries, maxBytes: budgetOf(heapShare.pages), maxAgeMs, touches });
  const isVisibleTo = (viewer: Viewer) => (order: ApiOrder) => visibility.isVisible(viewer.name, order);
  const maySeeStale = (viewer: Viewer) => (order: ApiOrder) => visibility.wasVisible(viewer.name, order);
  const contextOf = ({ authorization }: Viewer) => ({ ...background(timeoutMs), authorization });

  const loadOrder = (id: string, viewer: Viewer) => async (start: FetchStart) => {
    const order = await source.order(id, contextOf(viewer));
    if (order) visibility.show(viewer.name, [order], start);
    return order;
  };
  const loadOrders = (page: PageInput, viewer: Viewer) => async (start: FetchStart) => {
    const listed = await source.orders(page, contextOf(viewer));
    visibility.show(viewer.name, listed.nodes, start);
    return listed;
  };
  const fetchOrder = (id: string, viewer: Viewer) =>
    entries.fetch(id, `${id} ${viewer.authorization}`, loadOrder(id, viewer), maySeeStale(viewer));

  return {
    async order(given, call) {
      const viewer = await viewerOf(verifier, call);
      if (!viewer) return source.order(given, call.forService());
      const id = given.toLowerCase();
      const cached = entries.get(id, isVisibleTo(viewer));
      if (!cached) return fetchOrder(id, viewer);
      entries.refresh(id, (id) => fetchOrder(id, viewer));
      return cached;
    },
    async orders(page, call) {
      const viewer = await viewerOf(verifier, call);
      if (!viewer) return source.orders(page, call.forService());
      const { accountId, name, authorization } = viewer;
      const request = {
        owner: accountId,
        page: `${pageKey(page)} ${name}`,
        caller: `${authorization}`,
        isVisible: isVisibleTo(viewer),
        maySee: maySeeStale(viewer),
      };
      return pages.rows(request, loadOrders(page, viewer), (id) => fetchOrder(id, viewer));
    },
    apply(change) {
      entries.apply(change);
      pages.deleteOf(change.owner);
    },
  };
}

const createOrderEntries = (maxAgeMs: number) =>
  createEntries<ApiOrder, Change>({
    name: "orders",
    maxBytes: budgetOf(heapShare.orders),
    maxAgeMs,
    bytesOf: bytesOfOrder,
    cachesMissing: false,
    amend,
  });

const uncached = ({ order, orders }: OrderSource): OrderCache => ({
  order: (id, call) => order(id, call.forService()),
  orders: (page, call) => orders(page, call.forService()),
  apply() {},
});

/** Undefined when we have no keys to verify the token. Throws UNAUTHENTICATED for a bad token, as the service does. */
async function viewerOf(verifier: Pick<Verifier, "caller">, call: Call): Promise<Viewer | undefined> {
  const authorization = call.authorization();
  try {
    const { accountId, roles }: Caller = await verifier.caller({ authorization });
    return { accountId, name: `${accountId} ${roles.join()}`, authorization };
  } catch (error) {
    if (error instanceof AppError && error.status === "UNAUTHENTICATED") throw error;
    return undefined;
  }
}
