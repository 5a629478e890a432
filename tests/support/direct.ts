import type { Launched } from "@sidecart/local/launch";
import type { CallContext } from "@sidecart/platform/call";
import { background } from "@sidecart/platform/call";
import { connectSidecar } from "@sidecart/platform/sidecar";
import { AccountsService } from "@sidecart/proto/accounts/v1/accounts";
import { CatalogService, ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import { OpsService } from "@sidecart/proto/ops/v1/ops";
import { OrdersService } from "@sidecart/proto/orders/v1/orders";
import type { Test } from "tap";

/** The services as one who stands at an app's sidecar sees them: past the gateway and what it checks. */
export function behindSidecar(t: Test, system: Launched, app = "gateway") {
  const { DAPR_GRPC_PORT, DAPR_API_TOKEN } = environmentOf(system, app);
  const sidecar = connectSidecar({ port: Number(DAPR_GRPC_PORT), apiToken: DAPR_API_TOKEN });
  t.teardown(() => sidecar.close());
  return {
    sidecar,
    accounts: sidecar.service(AccountsService, "accounts"),
    catalog: sidecar.service(CatalogService, "catalog"),
    reservations: sidecar.service(ReservationsService, "catalog"),
    orders: sidecar.service(OrdersService, "orders"),
    ops: (service: string) => sidecar.service(OpsService, service),
  };
}

export function environmentOf(system: Launched, app: string): Record<string, string> {
  const process = system.processes.get(app);
  if (!process) throw new Error(`no process ${app}`);
  return process.spec.env;
}

/** A call of 10 seconds at most, with this access token. */
export const as = (token?: string): CallContext => ({
  ...background(10_000),
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});
