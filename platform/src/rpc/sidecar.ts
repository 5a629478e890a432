import type { DescService } from "@bufbuild/protobuf";
import dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Logger } from "../telemetry/log.ts";
import { injectTrace, inSpan, SpanKind } from "../telemetry/telemetry.ts";
import { type Access, type Callee, type Liveness, probeAccess, probeLiveness } from "./access.ts";
import { type CallContext, throwIfDone } from "./call.ts";
import type { Flight } from "./circuit.ts";
import { type Circuits, createCircuits } from "./circuits.ts";
import { AppError, commonErrors, isRefusedBySidecar } from "./errors.ts";
import { type RpcClient, type UnaryDefinition, unaryDefinitions } from "./grpc-methods.ts";
import { untilReached } from "./retry.ts";
import { metadataOf, type SidecarMetadata } from "./sidecar-metadata.ts";

type DaprApi = RpcClient<typeof dapr.Dapr, CallContext>;
export type BulkEntry = { id: string; body: Uint8Array; contentType: string };

/**
 * The client of our sidecar, the only process that a service talks to. Every call carries a deadline, the caller's
 * cancellation and the trace.
 */

export type Sidecar = {
  /**
   * A client of another service, by its app id. The context is required, because a call without one is a programming
   * error.
   */
  service<S extends DescService>(service: S, appId: string): RpcClient<S, CallContext>;
  /** Runs an operation of an output binding. The binding defines the payload. */
  invokeBinding(
    name: string,
    operation: string,
    metadata: Record<string, string>,
    data: Uint8Array,
    context: CallContext,
  ): Promise<Uint8Array>;
  /**
   * Publishes messages to one topic. Returns the ids of the messages that the broker refused, each with the broker's
   * reason.
   */
  publish(pubsub: string, topic: string, entries: BulkEntry[], context: CallContext): Promise<Map<string, string>>;
  /** All keys of one secret. */
  secret(store: string, name: string, context: CallContext): Promise<Record<string, string>>;
  /** The values of these keys in a configuration store. Keys that do not exist are omitted. */
  configuration(store: string, keys: string[], context: CallContext): Promise<Record<string, string>>;
  /** Dapr's own API, for building blocks that the platform adds. */
  readonly api: DaprApi;
  /** What the sidecar has loaded. */
  metadata(context: CallContext): Promise<SidecarMetadata>;
  /** Whether the sidecars let us call another service's method. No handler runs. */
  access(callee: Callee): Promise<Access>;
  /** Resolves when the sidecar responds. Rejects at the context's deadline. */
  ready(context: CallContext): Promise<void>;
  close(): void;
};

export type SidecarOptions = {
  port: number;
  apiToken?: string | undefined;
  /** Logs each call that an access policy refuses. */
  log?: Logger;
};

export function connectSidecar(options: SidecarOptions): Sidecar {
  const client = new Client(`127.0.0.1:${options.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": 16 * 1024 * 1024,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.enable_retries": 0,
  });
  const { apiToken, log } = options;
  const probeOf = (callee: string) => (path: string) => liveness(client, apiToken, callee, path);
  const circuits = createCircuits((callee) => ({ callee, probe: probeOf(callee), log }));
  const call = caller(client, circuits, options);
  const api = proxy(dapr.Dapr, call, undefined) as DaprApi;
  return {
    api,
    service: (service, appId) => proxy(service, call, appId) as never,
    access: (callee) => probe(client, apiToken, callee),
    ...buildingBlocks(api),
    ready: (context) =>
      new Promise((resolve, reject) =>
        client.waitForReady(context.deadline, (error) => (error ? reject(error) : resolve())),
      ),
    close() {
      circuits.stop();
      client.close();
    },
  };
}

/** The methods of Dapr that services use. */
function buildingBlocks(
  api: DaprApi,
): Pick<Sidecar, "invokeBinding" | "publish" | "secret" | "configuration" | "metadata"> {
  return {
    async invokeBinding(name, operation, metadata, data, context) {
      const response = await api.invokeBinding({ name, operation, metadata, data }, context);
      return response.data;
    },
    async publish(pubsub, topic, entries, context) {
      const request = {
        pubsubName: pubsub,
        topic,
        entries: entries.map(({ id, body, contentType }) => ({ entryId: id, event: body, contentType })),
        // otherwise the sidecar treats each message as one event, decodes it and encodes it again
        metadata: { rawPayload: "true" },
      };
      const response = await api.bulkPublishEventAlpha1(request, context);
      return new Map(response.failedEntries.map((failed) => [failed.entryId, failed.error]));
    },
    async secret(store, name, context) {
      return (await api.getSecret({ storeName: store, key: name }, context)).data;
    },
    async configuration(storeName, keys, context) {
      const { items } = await api.getConfiguration({ storeName, keys }, context);
      return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, item.value]));
    },
    metadata: async (context) => metadataOf(await api.getMetadata({}, context)),
  };
}

type Call = (method: UnaryDefinition, request: object, context: CallContext, appId?: string) => Promise<object>;

function proxy(service: DescService, call: Call, appId: string | undefined): object {
  const methods = unaryDefinitions(service).map((method) => [
    method.name,
    (request: object, context: CallContext) => call(method, request, context, appId),
  ]);
  return Object.fromEntries(methods);
}

function caller(client: Client, circuits: Circuits, { apiToken, log }: SidecarOptions): Call {
  return (method, request, context, appId) => {
    throwIfDone(context);
    const attributes = { "rpc.system": "grpc", "rpc.method": method.path, ...(appId && { "peer.service": appId }) };
    return inSpan(method.path.slice(1), { kind: SpanKind.CLIENT, attributes }, () => {
      const metadata = headersFor(appId, apiToken);
      if (appId && context.authorization) metadata.set("authorization", context.authorization);
      injectTrace(metadata);
      const repeatable = method.repeatable || context.repeatable === true;
      const send = (limits: CallContext, flight?: Flight) =>
        untilReached(limits, repeatable, () => attempt(client, method, request, metadata, limits, flight));
      const answer = appId ? circuits.of(appId).run(method.path, context, send) : send(context);
      return answer.catch((error) => {
        if (isRefusedBySidecar(error))
          log?.error({ err: error, callee: appId, method: method.path }, refusal(method, appId));
        return Promise.reject(brokenOff(error, context));
      });
    });
  };
}

/** Without a callee our own sidecar refused: it limits secrets, topics and its API. */
function refusal({ path }: UnaryDefinition, appId: string | undefined): string {
  if (appId) return "call refused by the access policy of the callee's sidecar";
  if (path.endsWith("/GetSecret")) return "secret refused by the secret scopes of our sidecar";
  return "request refused by our sidecar";
}

function headersFor(appId: string | undefined, apiToken: string | undefined): Metadata {
  const metadata = new Metadata();
  if (apiToken) metadata.set("dapr-api-token", apiToken);
  if (appId) metadata.set("dapr-app-id", appId);
  return metadata;
}

/** Without a span or retry, because the check is repeated anyway. */
function probe(client: Client, apiToken: string | undefined, callee: Callee): Promise<Access> {
  const metadata = headersFor(callee.app, apiToken);
  return probeAccess(callee, metadata, (method, context) => unary(client, method, {}, metadata, context));
}

/** Without a span or retry, because it is repeated. */
function liveness(client: Client, apiToken: string | undefined, callee: string, path: string): Promise<Liveness> {
  const metadata = headersFor(callee, apiToken);
  return probeLiveness(path, metadata, (method, context) => unary(client, method, {}, metadata, context));
}

/** When the circuit opens, the attempt ends with the circuit's error, which is not retried. */
async function attempt(
  client: Client,
  method: UnaryDefinition,
  request: object,
  metadata: Metadata,
  context: CallContext,
  flight: Flight | undefined,
): Promise<object> {
  if (!flight) return unary(client, method, request, metadata, context);
  if (flight.ended) throw flight.ended;
  try {
    return await unary(client, method, request, metadata, context, flight);
  } catch (error) {
    throw flight.ended ?? error;
  }
}

function unary(
  client: Client,
  method: UnaryDefinition,
  request: object,
  metadata: Metadata,
  context: CallContext,
  flight?: Flight,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const abort = () => call.cancel();
    if (flight) flight.cancel = abort;
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline: context.deadline },
      (error, response) => {
        context.signal.removeEventListener("abort", abort);
        if (isLate(error, context)) reject(new AppError(commonErrors.timeout, { cause: error ?? undefined }));
        else if (error) reject(error);
        else resolve(response ?? {});
      },
    );
    context.signal.addEventListener("abort", abort, { once: true });
  });
}

/**
 * The sidecar's timer may fire before ours. What it returns then depends on the component: Postgres' binding returns no
 * rows and no error.
 */
function isLate(error: ServiceError | null, { deadline, signal }: CallContext): boolean {
  return Date.now() >= deadline && !signal.aborted && error?.code !== status.DEADLINE_EXCEEDED;
}

/** A sidecar that loses the callee may return CANCELLED, though nobody on our side has cancelled. */
function brokenOff(error: Partial<ServiceError>, { signal }: CallContext): unknown {
  const ours = error.code !== status.CANCELLED || signal.aborted;
  return ours ? error : new AppError(commonErrors.unavailable, { cause: error });
}
