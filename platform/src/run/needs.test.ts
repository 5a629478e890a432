import { OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import t from "tap";
import { on, onEveryReplica } from "../events/subscriptions.ts";
import { missingIn, neededComponents, refuseUnkept } from "./needs.ts";

const handler = async () => {};

t.test("a service needs the components that its declaration and its subscriptions name", async (t) => {
  t.same(neededComponents({ name: "audit" }, []), []);
  t.same(neededComponents({ name: "audit", state: true, media: true, search: true }, []), ["state", "media", "search"]);
  t.same(neededComponents({ name: "audit", database: true, secrets: ["key"], cached: true }, []), [
    "secrets",
    "audit-db",
    "pubsub",
    "broadcast",
  ]);
  t.same(neededComponents({ name: "audit" }, [on(OrderPlacedSchema, handler)]), ["pubsub"]);
  t.same(neededComponents({ name: "audit" }, [onEveryReplica(OrderPlacedSchema, handler)]), ["broadcast"]);
});

t.test("a service without a database may subscribe only to broadcasts", async (t) => {
  const subscriptions = [onEveryReplica(OrderPlacedSchema, handler)];
  t.doesNotThrow(() => refuseUnkept({ name: "audit" }, subscriptions));
  subscriptions.push(on(OrderPlacedSchema, handler));
  t.throws(() => refuseUnkept({ name: "audit" }, subscriptions), /audit subscribes to orders\.order-placed\.v1 but/);
  t.doesNotThrow(() => refuseUnkept({ name: "audit", database: true }, subscriptions));
});

t.test("a missing component is reported with the app", async (t) => {
  const resiliencies = ["sidecart"];
  t.same(missingIn({ components: ["audit-db", "pubsub"], resiliencies }, ["audit-db", "pubsub"], "audit"), []);
  t.same(missingIn({ components: ["pubsub"], resiliencies: ["other"] }, ["audit-db", "pubsub"], "audit"), [
    "component audit-db is not loaded by the sidecar of audit",
    "Resiliency sidecart is not loaded by the sidecar of audit",
  ]);
});

t.test("a sidecar that does not report its policies lacks none", async (t) => {
  t.same(missingIn({ components: [], resiliencies: undefined }, [], "audit"), []);
});
