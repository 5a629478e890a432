import type { DescService } from "@bufbuild/protobuf";
import dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Logger } from "../telemetry/log.ts";
import { injectTrace, inSpan, SpanKind } from "../telemetry/telemetry.ts";
import { type Access, type Callee, probeAccess } from "./access.ts";
import { type CallContext, throwIfDone } from "./call.ts";
import { AppError, commonErrors, isRefusedBySidecar } from "./errors.ts";
import { type RpcClient, type UnaryDefinition, unaryDefinitions } from "./grpc-methods.ts";
import { untilReached } from "./retry.ts";
import { metadataOf, type SidecarMetadata } from "./sidecar-metadata.ts";

type DaprApi = RpcClient<typeof dapr.Dapr, CallContext>;
export type BulkEntry = { id: string; body: Uint8Array; contentType: string };

/** The one thing a service talks to. Every call carries a deadline, the caller's cancellation and the trace. */

export type Sidecar = {
  /** Another service's methods, by its app id; `undefined` context is a programming error, hence required there. */
  service<S extends DescService>(service: S, appId: string): RpcClient<S, CallContext>;
  /** Runs an output binding's operation. Payloads are bytes; what they mean is the binding's matter. */
  invokeBinding(
    name: string,
    operation: string,
    metadata: Record<string, string>,
    data: Uint8Array,
    context: CallContext,
  ): Promise<Uint8Array>;
  /** Publishes messages as they are to one topic; gives back the ids of those that the broker did not take, with its reason. */
  publish(pubsub: string, topic: string, entries: BulkEntry[], context: CallContext): Promise<Map<string, string>>;
  /** All keys of one secret. */
  secret(store: string, name: string, context: CallContext): Promise<Record<string, string>>;
  /** The values of these keys in a configuration store; keys it does not have are left out. */
  configuration(store: string, keys: string[], context: CallContext): Promise<Record<string, string>>;
  /** Dapr's own methods, for the building blocks that the platform puts on top. */
  readonly api: DaprApi;
  /** What the sidecar has loaded. */
  metadata(context: CallContext): Promise<SidecarMetadata>;
  /** Whether the sidecars let us call another service's method. Nothing is called. */
  access(callee: Callee): Promise<Access>;
  /** Resolves when the sidecar answers; rejects at the context's deadline. */
  ready(context: CallContext): Promise<void>;
  close(): void;
};

export type SidecarOptions = {
  port: number;
  apiToken?: string | undefined;
  /** Told of each call that an access policy refuses. */
  log?: Logger;
};

export function connectSidecar(options: SidecarOptions): Sidecar {
  const client = new Client(`127.0.0.1:${options.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": 16 * 1024 * 1024,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.enable_retries": 0,
  });
  const call = caller(client, options);
  const api = proxy(dapr.Dapr, call, undefined) as DaprApi;
  return {
    api,
    service: (service, appId) => proxy(service, call, appId) as never,
    access: (callee) => probe(client, options.apiToken, callee),
    ...buildingBlocks(api),
    ready: (context) =>
      new Promise((resolve, reject) =>
        client.waitForReady(context.deadline, (error) => (error ? reject(error) : resolve())),
      ),
    close: () => client.close(),
  };
}

/** Dapr's methods as we use them. */
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
        // else the sidecar takes each for one event, decodes it and encodes it again
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

function caller(client: Client, { apiToken, log }: SidecarOptions): Call {
  return (method, request, context, appId) => {
    throwIfDone(context);
    const attributes = { "rpc.system": "grpc", "rpc.method": method.path, ...(appId && { "peer.service": appId }) };
    return inSpan(method.path.slice(1), { kind: SpanKind.CLIENT, attributes }, () => {
      const metadata = headersFor(appId, apiToken);
      if (appId && context.authorization) metadata.set("authorization", context.authorization);
      injectTrace(metadata);
      const repeatable = method.repeatable || context.repeatable === true;
      const answer = untilReached(context, repeatable, () => unary(client, method, request, metadata, context));
      return answer.catch((error) => {
        if (isRefusedBySidecar(error)) log?.error({ err: error, callee: appId, method: method.path }, refused);
        return Promise.reject(brokenOff(error, context));
      });
    });
  };
}

const refused = "call refused by the access policy of the callee's sidecar";

function headersFor(appId: string | undefined, apiToken: string | undefined): Metadata {
  const metadata = new Metadata();
  if (apiToken) metadata.set("dapr-api-token", apiToken);
  if (appId) metadata.set("dapr-app-id", appId);
  return metadata;
}

/** Without a span and without another try: it is asked again anyway. */
function probe(client: Client, apiToken: string | undefined, callee: Callee): Promise<Access> {
  const metadata = headersFor(callee.app, apiToken);
  return probeAccess(callee, metadata, (method, context) => unary(client, method, {}, metadata, context));
}

function unary(
  client: Client,
  method: UnaryDefinition,
  request: object,
  metadata: Metadata,
  context: CallContext,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const abort = () => call.cancel();
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
 * The sidecar's timer may be quicker than ours, and what it says then depends on the component: Postgres' binding gives
 * back no rows and no error.
 */
function isLate(error: ServiceError | null, { deadline, signal }: CallContext): boolean {
  return Date.now() >= deadline && !signal.aborted && error?.code !== status.DEADLINE_EXCEEDED;
}

/** A sidecar that loses the other side may say CANCELLED, though nobody on our side has gone away. */
function brokenOff(error: Partial<ServiceError>, { signal }: CallContext): unknown {
  const ours = error.code !== status.CANCELLED || signal.aborted;
  return ours ? error : new AppError(commonErrors.unavailable, { cause: error });
}
