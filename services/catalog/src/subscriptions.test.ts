import { background } from "@sidecart/platform/call";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { subscriptions } from "./subscriptions.ts";

type Deps = Parameters<typeof subscriptions>[0];

function heard(deps: object) {
  const all = subscriptions(deps as Deps);
  return async (topic: string, data: object) => {
    const envelope = { specversion: "1.0" as const, id: newId(), type: topic, source: "test", time: "" };
    await all.find((one) => one.topic === topic)?.handle({ ...envelope, data }, background(1_000));
  };
}

t.test("what changes a product or its stock is noted and nothing more: search may be away", async (t) => {
  const noted: string[][] = [];
  let kicks = 0;
  // Whatever else a handler reached for is not there.
  const hear = heard({ queue: { note: async (ids: string[]) => noted.push(ids) }, kickIndexer: () => (kicks += 1) });
  const ids = [newId(), newId(), newId()];
  await hear("catalog.product-created.v1", { product: { id: ids[0] } });
  await hear("catalog.product-changed.v1", { product: { id: ids[1], deleted: true } });
  await hear("catalog.stock-changed.v1", { productId: ids[2], stock: 3 });
  t.same(
    noted,
    ids.map((id) => [id]),
  );
  t.equal(kicks, 3);
});

t.test("an event without what it is about fails, and is put aside rather than passed over", async (t) => {
  const hear = heard({ reservations: {} });
  for (const topic of ["order-placed", "order-paid", "order-cancelled", "order-expired"]) {
    await t.rejects(hear(`orders.${topic}.v1`, {}), /no order/);
  }
  for (const topic of ["product-created", "product-changed"]) {
    await t.rejects(hear(`catalog.${topic}.v1`, {}), /no product/);
  }
});
