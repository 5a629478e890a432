import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
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

t.test("an event without its object fails and becomes a dead letter, and is not skipped", async (t) => {
  const hear = heard({ reservations: {} });
  for (const topic of ["order-placed", "order-paid", "order-cancelled", "order-expired"]) {
    await t.rejects(hear(`orders.${topic}.v1`, {}), /no order/);
  }
});
