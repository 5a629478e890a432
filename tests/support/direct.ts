import type { DescService } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import type { Launched } from "@sidecart/local/launch";
import { background, type CallContext, connectSidecar, toAppError, unaryDefinitions } from "@sidecart/platform/rpc";
import { AccountsService } from "@sidecart/proto/accounts/v1/accounts";
import { CatalogService, ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import { DeadLetterAdminService } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import { OrdersService } from "@sidecart/proto/orders/v1/orders";
import type { Test } from "tap";

/** Calls services from an app's sidecar, past the gateway and its checks. */
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
    ops: (service: string) => sidecar.service(DeadLetterAdminService, service),
  };
}

export function environmentOf(system: Launched, app: string): Record<string, string> {
  const process = system.processes.get(app);
  if (!process) throw new Error(`no process ${app}`);
  return process.spec.env;
}

/** A call with a timeout of 10 seconds and this access token. */
export const as = (token?: string): CallContext => ({
  ...background(10_000),
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});

/** The code of a call's error: `OK` without one, `DENIED` if a sidecar refused the call. */
export const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "OK",
    (error) => {
      const ours = error.metadata.get("sidecart-error").length > 0;
      return error.code === status.PERMISSION_DENIED && !ours ? "DENIED" : toAppError(error).code;
    },
  );

/** Calls every method of a service with an empty request and this metadata; returns method → code. */
export async function callAll(
  port: string | undefined,
  service: DescService,
  headers: Record<string, string | string[]>,
): Promise<Record<string, string>> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [key, values] of Object.entries(headers)) {
    for (const value of [values].flat()) metadata.add(key, value);
  }
  const call = (definition: ReturnType<typeof unaryDefinitions>[number]) =>
    new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = definition;
      const options = { deadline: Date.now() + 10_000 };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, metadata, options, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  const codes = unaryDefinitions(service).map(async (one) => [one.name, await codeOf(call(one))] as const);
  return Object.fromEntries(await Promise.all(codes).finally(() => client.close()));
}
