import { ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import t, { type Test } from "tap";
import { appToken, catalogWith, serve, uncalled } from "../../../tests/support/app-server.ts";
import { deny, startDaprServer } from "../../../tests/support/dapr-server.ts";
import { implement } from "./app-server.ts";
import { connectSidecar } from "./sidecar.ts";

const catalog = "sidecart.catalog.v1.CatalogService";
const reservations = "sidecart.catalog.v1.ReservationsService";

function asking(t: Test, port: number, apiToken = appToken) {
  const sidecar = connectSidecar({ port, apiToken });
  t.teardown(() => sidecar.close());
  return (operation: string) => sidecar.access({ app: "catalog", operation });
}

t.test("a probe of a service that we may call is granted, and runs no handler", async (t) => {
  const { port } = await serve(t, [catalogWith(uncalled)]);
  const access = asking(t, port);
  t.equal(await access(`${catalog}/GetProducts`), "granted");
  t.equal(await access(`${catalog}/*`), "granted");
});

t.test("a service for other callers forbids the probe, which is not a refusal by an access policy", async (t) => {
  const handlers = { reserve: uncalled, release: uncalled };
  const { port } = await serve(t, [implement(ReservationsService, handlers as never, ["orders"])]);
  t.equal(await asking(t, port)(`${reservations}/Reserve`), "forbidden");
});

t.test("a sidecar whose access policy does not allow the call refuses the probe", async (t) => {
  const { port } = await startDaprServer(t, { [`/${reservations}/Reserve`]: deny });
  t.equal(await asking(t, port)(`${reservations}/Reserve`), "refused");
});

t.test("a method that the callee does not have is missing, although the call is allowed", async (t) => {
  const { port } = await serve(t, [catalogWith(uncalled)]);
  t.equal(await asking(t, port)(`${catalog}/GetProduct`), "missing");
});

t.test(
  "a service that does not respond, or does not know our sidecar, counts as unknown, not as refused",
  async (t) => {
    const { port } = await serve(t, [catalogWith(uncalled)]);
    t.equal(await asking(t, port, "another token")(`${catalog}/GetProducts`), "unknown");
    t.equal(await asking(t, 1)(`${catalog}/GetProducts`), "unknown");
  },
);
