import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import { status } from "@grpc/grpc-js";
import { CatalogService, ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import t from "tap";
import {
  appToken,
  catalogWith,
  clientOf,
  rawClient,
  serve,
  soon,
  uncalled,
} from "../../../tests/support/app-server.ts";
import { implement } from "./app-server.ts";

t.test("only a call with the sidecar's token is accepted", async (t) => {
  const { port } = await serve(t, [catalogWith(async () => ({}))]);
  const call = rawClient(t, port);
  const refused = { code: status.UNAUTHENTICATED };
  const shown = (...tokens: string[]) => tokens.map((token): [string, string] => ["dapr-api-token", token]);
  for (const tokens of [
    [],
    [""],
    ["wrong"],
    [appToken.toUpperCase()],
    [`${appToken} `.padEnd(60, "x")],
    [appToken, "wrong"],
  ]) {
    await t.rejects(call(CatalogService, "getProducts", shown(...tokens)), refused, JSON.stringify(tokens));
  }
  await t.resolves(call(CatalogService, "getProducts", shown(appToken)));
  await t.rejects(clientOf(t, port, "wrong").getProducts({}, soon()), refused);
});

t.test("without a token the sidecar can read subscriptions and health, but deliver nothing", async (t) => {
  const { port } = await serve(t, [], { topics: ["orders.order-placed.v1"], deliver: uncalled });
  const call = rawClient(t, port);
  await t.resolves(call(appCallback.AppCallbackHealthCheck, "healthCheck", []));
  await t.resolves(call(appCallback.AppCallback, "listTopicSubscriptions", []));
  await t.resolves(call(appCallback.AppCallback, "listInputBindings", []));
  await t.rejects(call(appCallback.AppCallback, "onTopicEvent", []), { code: status.UNAUTHENTICATED });
  await t.rejects(call(appCallback.AppCallback, "onInvoke", []), { code: status.UNAUTHENTICATED });
});

t.test("a limited service accepts only the app ids that it names, and no forged ones", async (t) => {
  let calls = 0;
  const release = async () => {
    calls += 1;
    return {};
  };
  const handlers = { reserve: uncalled, release };
  const { port } = await serve(t, [implement(ReservationsService, handlers as never, ["orders"])]);
  const call = rawClient(t, port);
  const from = (...ids: string[]) =>
    call(ReservationsService, "release", [
      ["dapr-api-token", appToken],
      ...ids.map((id): [string, string] => ["dapr-caller-app-id", id]),
    ]);
  for (const ids of [[], ["catalog"], [""], ["gateway", "orders"], ["orders", "gateway"], ["orders", "orders"]]) {
    await t.rejects(from(...ids), { code: status.PERMISSION_DENIED }, JSON.stringify(ids));
  }
  t.equal(calls, 0);
  await from("orders");
  t.equal(calls, 1);
});
