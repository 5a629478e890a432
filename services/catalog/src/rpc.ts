import { type Implementation, id, implement, pageSize, parse, readPage, text } from "@sidecart/platform/rpc";
import { CatalogService, ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import { z } from "zod";
import { createProduct } from "./create-product.ts";
import type { Deps } from "./deps.ts";
import type { IndexStore } from "./index-store.ts";
import { toProto } from "./product.ts";
import type { IndexBuilder } from "./reindex.ts";
import { reserve } from "./reserve.ts";
import { searchProducts, suggestProducts } from "./search-products.ts";
import { updateInventory } from "./update-inventory.ts";
import { updateProduct } from "./update-product.ts";

/**
 * Maximum number of products in one response, which must stay under the 4 MiB of a sidecar. 100 products of at most 38
 * kB (in UTF-8: a picture of 8, attributes of 8, and 5,260 characters of name, description and category of 4 bytes
 * each) are 3.8 MB.
 */
const maxProducts = 100;
const getRequest = z.object({ ids: z.array(id).max(maxProducts) });
const listRequest = z.object({ first: pageSize(maxProducts), after: z.union([z.literal(""), id]) });
const reindexRequest = z.object({ index: text(0, 100) });
const releaseRequest = z.object({ reservationIds: z.array(id).max(500) });

/** The gRPC methods of catalog. Each calls its use case. */
export function rpc(deps: Deps & { indexes: IndexStore; builder: IndexBuilder }): Implementation[] {
  const catalog = implement(CatalogService, {
    createProduct: async (request, context) => ({ product: toProto(await createProduct(deps, request, context)) }),
    updateProduct: async (request, context) => ({ product: toProto(await updateProduct(deps, request, context)) }),
    updateInventory: async (request, context) => ({ stock: await updateInventory(deps, request, context) }),
    getProducts: async (request, context) => {
      const { ids } = parse(getRequest, request);
      return { products: (await deps.products.byIds(ids, context)).map(toProto) };
    },
    listProducts: async (request, context) => {
      const { first, after } = parse(listRequest, request);
      const read = (count: number) => deps.products.newest(count, after || undefined, context);
      const { rows, cursor } = await readPage(first, read);
      return { products: rows.map(toProto), cursor };
    },
    searchProducts: (request, context) => searchProducts(deps, request, context),
    suggestProducts: async (request, context) => ({ suggestions: await suggestProducts(deps, request, context) }),
    getReservation: async (request, context) => {
      await deps.verifier.requirePresent(context, "admin");
      const { id: reservationId } = parse(z.object({ id }), request);
      const reservation = await deps.reservations.byId(reservationId, context);
      return reservation ? { reservation } : {};
    },
    reindex: async (_request, context) => {
      await deps.verifier.requirePresent(context, "admin");
      return { index: await deps.builder.begin(context) };
    },
    getReindex: async (request, context) => {
      await deps.verifier.requirePresent(context, "admin");
      const { index } = parse(reindexRequest, request);
      return deps.indexes.progress(index, context);
    },
  });
  const reservations = implement(
    ReservationsService,
    {
      reserve: async (request, context) => ({ outcomes: await reserve(deps, request, context) }),
      release: async (request, context) => {
        const { reservationIds } = parse(releaseRequest, request);
        await deps.reservations.release(reservationIds, deps.clock.now(), context);
        return {};
      },
    },
    ["orders"],
  );
  return [catalog, reservations];
}
