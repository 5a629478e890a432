import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import type { Test } from "tap";
import type { Quota } from "../../services/catalog/src/reservation.ts";
import { createReservationStore } from "../../services/catalog/src/reservation-store.ts";
import { createReserving, reserve } from "../../services/catalog/src/reserve.ts";
import { startStore } from "./store.ts";

type Request = {
  reservations: { reservationId: string; accountId: string; lines: { productId: string; quantity: number }[] }[];
  quota: Quota;
};

/** Catalog's reservations on its real database, in this process: what orders calls, without sidecars in between. */
export async function startReservations(t: Pick<Test, "teardown">, clock: { now(): Date }, soon: () => CallContext) {
  const { database, query, log } = await startStore(t, "catalog");
  const reservations = createReservationStore(database);
  const deps = { log, reserve: createReserving({ reservations, clock }) };
  const release = async (ids: string[]) => void (await reservations.release(ids, clock.now(), soon()));
  return {
    /** The ids of reservations, by call. */
    client(calls: string[][]) {
      return {
        async reserve(request: Request) {
          calls.push(request.reservations.map(({ reservationId }) => reservationId));
          return { outcomes: await reserve(deps, request, soon()) };
        },
        async release({ reservationIds }: { reservationIds: string[] }) {
          await release(reservationIds);
          return {};
        },
      };
    },
    release,
    async product(price: number, currency = "EUR"): Promise<string> {
      const id = newId();
      await query(
        `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
         values ($1, 'A thing', '', $2, $3, 'things', 100, now(), now())`,
        [id, price, currency],
      );
      return id;
    },
    /** Units that can still be reserved. */
    async stock(id: string): Promise<number | undefined> {
      const [found] = await query<{ stock: number }>("select on_hand - reserved as stock from products where id = $1", [
        id,
      ]);
      return found?.stock;
    },
    /** Reservations of these products that hold stock. */
    async openOnes(productIds: string[]): Promise<string[]> {
      const rows = await query<{ id: string }>(
        `select id from reservations, jsonb_array_elements(lines) line
         where status = 'open' and line->>'productId' = any ($1)`,
        [productIds],
      );
      return [...new Set(rows.map(({ id }) => id))];
    },
  };
}
