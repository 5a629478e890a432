import { timingSafeEqual } from "node:crypto";
import type { DescService } from "@bufbuild/protobuf";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
  ATTR_RPC_METHOD,
  ATTR_RPC_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  METRIC_RPC_SERVER_CALL_DURATION,
} from "@opentelemetry/semantic-conventions";
import type { Logger } from "../telemetry/log.ts";
import { durationHistogram, inSpan, SpanKind, traceFromMetadata } from "../telemetry/telemetry.ts";
import { isAccessProbe } from "./access.ts";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors, toAppError, toServiceError } from "./errors.ts";
import { type RpcHandlers, serviceDefinition, unaryDefinitions } from "./grpc-methods.ts";
import { logFailure } from "./log-failure.ts";

type AnyHandlers = Record<string, (request: never, context: CallContext) => Promise<object>>;
export type Implementation = {
  service: DescService;
  handlers: AnyHandlers;
  /** App ids that may call it. When absent, any app with a sidecar may. */
  callers?: readonly string[];
  /** Methods that the sidecar calls without its token. They reveal nothing and change nothing. */
  open?: readonly string[];
  /** Timeout of a call whose caller set no deadline. When absent, that of the server. */
  timeoutMs?: number;
};

/** Pairs a service with its handlers. `callers` limits it to these app ids, as stated by their sidecars. */
export function implement<S extends DescService>(
  service: S,
  handlers: RpcHandlers<S, CallContext>,
  callers?: readonly string[],
): Implementation {
  return { service, handlers: handlers as unknown as AnyHandlers, ...(callers && { callers }) };
}

export type AppServerOptions = {
  host: string;
  port: number;
  /** The token that the sidecar must send: nothing else may call us. */
  appToken: string;
  timeoutMs: number;
  log: Logger;
  implementations: readonly Implementation[];
};

export type AppServer = {
  /** The port that it listens on: the requested one, or a free one for 0. */
  port: number;
  /** Accepts no more calls, finishes those in progress, and cancels the rest after `graceMs`. */
  close(graceMs: number): Promise<void>;
};

/** The gRPC server that only our own sidecar calls. */
export async function startAppServer(options: AppServerOptions): Promise<AppServer> {
  const server = new Server({ "grpc.max_receive_message_length": 4 * 1024 * 1024 });
  for (const one of options.implementations) {
    server.addService(serviceDefinition(one.service), handlersFor(one, options));
  }
  const port = await listen(server, `${options.host}:${options.port}`);
  return { port, close: (graceMs) => shutdown(server, graceMs) };
}

function handlersFor(one: Implementation, options: AppServerOptions): UntypedServiceImplementation {
  const duration = durationHistogram(METRIC_RPC_SERVER_CALL_DURATION, "Duration of calls from the sidecar");
  const quiet = one.service.typeName.startsWith("dapr.");
  const entries = unaryDefinitions(one.service).map(({ name, path }) => {
    if (!one.handlers[name]) throw new Error(`${one.service.typeName}: ${name} is not implemented`);
    const handle = (call: ServerUnaryCall<never, object>, callback: sendUnaryData<object>) => {
      const started = performance.now();
      const run = () => answer(call, path, one, name, options);
      const traced = quiet ? run() : inSpan(path.slice(1), spanOptions(call), run);
      traced.then(
        (response) => {
          duration.record((performance.now() - started) / 1000, callAttributes(path, "OK"));
          callback(null, response);
        },
        (error) => {
          duration.record((performance.now() - started) / 1000, callAttributes(path, toAppError(error).status));
          logFailure(options.log, path, error);
          callback(toServiceError(error));
        },
      );
    };
    return [name, handle];
  });
  return Object.fromEntries(entries);
}

const callAttributes = (path: string, status: string) => ({
  [ATTR_RPC_SYSTEM_NAME]: "grpc",
  [ATTR_RPC_METHOD]: path.slice(1),
  [ATTR_RPC_STATUS_CODE]: status,
});

const spanOptions = (call: ServerUnaryCall<never, object>) => ({
  kind: SpanKind.SERVER,
  parent: traceFromMetadata(call.metadata),
});

async function answer(
  call: ServerUnaryCall<never, object>,
  path: string,
  one: Implementation,
  name: string,
  options: AppServerOptions,
): Promise<object> {
  if (!one.open?.includes(name) && !sameToken(call.metadata.get("dapr-api-token"), options.appToken)) {
    throw new AppError(commonErrors.unauthenticated, { message: "Calls must come through the sidecar." });
  }
  const context = contextOf(call, one.timeoutMs ?? options.timeoutMs);
  if (one.callers && !one.callers.includes(context.callerAppId ?? "")) {
    throw new AppError(commonErrors.forbidden, { cause: new Error(`${path} called by ${context.callerAppId}`) });
  }
  if (isAccessProbe(call.metadata)) return {};
  return one.handlers[name]?.(call.request, context) ?? {};
}

/**
 * Shared by all calls: grpc-js emits "cancelled" at the end of each, and a new error would cost a stack trace every
 * time.
 */
const cancelled = new AppError(commonErrors.cancelled);

function contextOf(call: ServerUnaryCall<never, object>, timeoutMs: number): CallContext {
  const abort = new AbortController();
  call.on("cancelled", () => abort.abort(cancelled));
  const deadline = call.getDeadline();
  const requested = deadline instanceof Date ? deadline.getTime() : deadline;
  const callers = call.metadata.get("dapr-caller-app-id");
  return {
    deadline: Math.min(requested, Date.now() + timeoutMs),
    signal: abort.signal,
    authorization: call.metadata.get("authorization").at(-1)?.toString(),
    // More than one value means that the caller tried to add a name of its own.
    callerAppId: callers.length === 1 ? callers[0]?.toString() : undefined,
  };
}

function sameToken(sent: (string | Buffer)[], expected: string): boolean {
  const given = Buffer.from(String(sent.at(-1) ?? ""));
  const wanted = Buffer.from(expected);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** grpc-js never calls back when a connection broke just before, so the grace period always ends the shutdown. */
function shutdown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
