import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { create, toBinary } from "@bufbuild/protobuf";
import dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";
import { Ports } from "@sidecart/local/process/ports";
import { OrdersService } from "@sidecart/proto/orders/v1/orders";
import t from "tap";
import { root } from "../../../tests/check/tool.ts";
import { appToken, soon } from "../../../tests/support/app-server.ts";
import { startDaprServer } from "../../../tests/support/dapr-server.ts";
import { connectSidecar } from "../rpc/sidecar.ts";

const schema = dapr.GetMetadataResponseSchema;
/** This version does not report its Resiliency resources. */
const metadata = Buffer.from(toBinary(schema, create(schema, { runtimeVersion: "1.17.0" })));

t.test("a process that is stopped while it still asks for access finishes its calls in progress", async (t) => {
  const probed = Promise.withResolvers<void>();
  const { port } = await startDaprServer(t, {
    "/dapr.proto.runtime.v1.Dapr/GetMetadata": (_call, callback) => callback(null, metadata),
    // The callee responds to the probe only after its deadline.
    "/sidecart.catalog.v1.CatalogService/GetProducts": () => probed.resolve(),
  });
  const ports = new Ports();
  const appPort = await ports.hold("app");
  await ports.release("app");
  const app = spawn(process.execPath, [join(root, "tests/support/held-app/main.ts")], {
    env: {
      PATH: process.env.PATH ?? "",
      SIDECART_APP_ID: "orders",
      SIDECART_APP_PORT: String(appPort),
      SIDECART_DRAIN_DELAY_MS: "0",
      DAPR_GRPC_PORT: String(port),
      APP_API_TOKEN: appToken,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => app.kill("SIGKILL"));
  const exited = once(app, "exit");
  const called = Promise.withResolvers<void>();
  createInterface(app.stdout).on("line", (line) => line === "called" && called.resolve());
  await probed.promise;
  const caller = connectSidecar({ port: appPort, apiToken: appToken });
  t.teardown(() => caller.close());
  const call = caller.service(OrdersService, "orders").getOrders({}, soon());
  await called.promise;
  app.kill("SIGTERM");
  await t.resolves(call);
  t.same(await exited, [0, null]);
});
