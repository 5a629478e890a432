import { Client, credentials, logVerbosity, Metadata, type MetadataValue, setLogVerbosity } from "@grpc/grpc-js";
import { type Dispatcher, daprCallbacks, type Listener } from "@sidecart/platform/events";
import {
  background,
  type CallContext,
  connectSidecar,
  type Implementation,
  startAppServer,
  unaryDefinitions,
} from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import { CatalogService, type GetProductsRequest } from "@sidecart/proto/catalog/v1/catalog";
import type { Test } from "tap";

setLogVerbosity(logVerbosity.NONE);
export const appToken = "the token that the sidecar shows";
export const timeoutMs = 5_000;
export const soon = () => background(3_000);
export type Handler = (request: GetProductsRequest, context: CallContext) => Promise<object>;

export async function uncalled(): Promise<never> {
  throw new Error("was called");
}

/** Catalog with one working method; the others must not be called. */
export function catalogWith(getProducts: Handler): Implementation {
  const others = CatalogService.methods.map(({ localName }) => [localName, uncalled]);
  return { service: CatalogService, handlers: { ...Object.fromEntries(others), getProducts } };
}

export async function serve(
  t: Test,
  implementations: Implementation[],
  dispatcher?: Partial<Dispatcher>,
  listener?: Listener,
) {
  let draining = false;
  const callbacks = daprCallbacks({
    dispatcher: dispatcher as Dispatcher,
    listener,
    pubsub: "pubsub",
    appId: "catalog",
    isOpen: () => !draining,
  });
  const { port, close } = await startAppServer({
    host: "127.0.0.1",
    port: 0,
    appToken,
    timeoutMs,
    log: createLogger("test", "silent"),
    implementations: [...implementations, ...callbacks],
  });
  t.teardown(() => close(0));
  /** Stops as a service does: unhealthy at once, closed after `delayMs`. */
  const drain = async (graceMs: number, delayMs = 0) => {
    draining = true;
    // biome-ignore lint/style/noRestrictedGlobals: a stopping service waits this long; the test does not
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await close(graceMs);
  };
  return { port, drain };
}

/** The real client of our processes, without a sidecar in between. */
export function clientOf(t: Test, port: number, apiToken: string | undefined = appToken) {
  const sidecar = connectSidecar({ port, apiToken });
  t.teardown(() => sidecar.close());
  return sidecar.service(CatalogService, "catalog");
}

/** A client that sends any metadata. */
export function rawClient(t: Test, port: number) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.teardown(() => client.close());
  return (
    service: Parameters<typeof unaryDefinitions>[0],
    name: string,
    metadata: [string, MetadataValue][],
    request = {},
  ) => {
    const method = unaryDefinitions(service).find((one) => one.name === name);
    if (!method) throw new Error(`no method ${name}`);
    const sent = new Metadata();
    for (const [key, value] of metadata) sent.add(key, value);
    const { path, requestSerialize, responseDeserialize } = method;
    return new Promise<object>((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, sent, (error, response) =>
        error ? reject(error) : resolve(response ?? {}),
      ),
    );
  };
}

/** A handler that waits until the test releases it. */
export function gate() {
  const entered = Promise.withResolvers<CallContext>();
  const leave = Promise.withResolvers<void>();
  const handler: Handler = async (_request, context) => {
    entered.resolve(context);
    await leave.promise;
    return {};
  };
  return { handler, entered: entered.promise, leave: leave.resolve };
}
