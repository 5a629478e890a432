import { CatalogService } from "@sidecart/proto/catalog/v1/catalog";
import t from "tap";
import { deny, startDaprServer } from "../../../tests/support/dapr-server.ts";
import { createLogger } from "../telemetry/log.ts";
import { background } from "./call.ts";
import { connectSidecar } from "./sidecar.ts";

const dapr = "/dapr.proto.runtime.v1.Dapr";

t.test("the log names what a sidecar refused: a call, a secret or another request", async (t) => {
  const getProducts = "/sidecart.catalog.v1.CatalogService/GetProducts";
  const paths = [getProducts, `${dapr}/GetSecret`, `${dapr}/BulkPublishEventAlpha1`];
  const { port } = await startDaprServer(t, Object.fromEntries(paths.map((path) => [path, deny])));
  const logged: unknown[] = [];
  const log = createLogger("orders", "silent");
  log.error = (entry: { callee?: string; method?: string }, text?: string) =>
    void logged.push([entry.callee, entry.method, text]);
  const sidecar = connectSidecar({ port, log });
  t.teardown(() => sidecar.close());
  const soon = () => background(3_000);
  await t.rejects(sidecar.service(CatalogService, "catalog").getProducts({}, soon()));
  await t.rejects(sidecar.secret("secrets", "signing-keys", soon()));
  await t.rejects(sidecar.publish("pubsub", "orders.order-placed.v1", [], soon()));
  t.same(logged, [
    ["catalog", getProducts, "call refused by the access policy of the callee's sidecar"],
    [undefined, `${dapr}/GetSecret`, "secret refused by the secret scopes of our sidecar"],
    [undefined, `${dapr}/BulkPublishEventAlpha1`, "request refused by our sidecar"],
  ]);
});
