import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { oracle } from "./oracle.ts";

/** A product's data in the databases of catalog and of orders. */
export async function stockOracle(t: Test, system: Launched) {
  const catalog = await oracle(t, system.databaseUrl("catalog"));
  const orders = await oracle(t, system.databaseUrl("orders"));
  return {
    catalog,
    orders,
    /** `promised` and `reservations`: the units and the number of the product's open reservations. */
    async stockOf(product: string) {
      const [row] = await catalog<{ onHand: number; reserved: number; promised: number; reservations: number }>(
        `select on_hand as "onHand", reserved, coalesce(sum((l->>'quantity')::int), 0)::int as promised,
           count(r.id)::int as reservations
         from products p left join (reservations r cross join jsonb_array_elements(r.lines) l)
           on r.status = 'open' and (l->>'productId')::uuid = p.id
         where p.id = $1 group by p.id`,
        [product],
      );
      if (!row) throw new Error(`no product ${product}`);
      return row;
    },
    ordersOf: (product: string) =>
      orders<{ id: string; status: string }>(
        "select o.id, o.status from orders o join order_lines l on l.order_id = o.id where l.product_id = $1",
        [product],
      ),
  };
}
