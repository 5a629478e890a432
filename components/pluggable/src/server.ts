import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import type { Logger } from "pino";
import { BindingError, toStatus } from "./errors.ts";
import { Instances } from "./instances.ts";
import type { OutputBinding } from "./output-binding.ts";
import {
  type Empty,
  type InitRequest,
  type InvokeRequest,
  type InvokeResponse,
  instanceHeader,
  maxMessageBytes,
  type OperationList,
  OutputBindingClient,
  outputBindingService,
  packageDefinition,
} from "./protocol.ts";
import { prepareSocket, removeSocket, restrictSocket } from "./socket.ts";

export type BindingServer = {
  socketPath: string;
  /** Finishes the calls in flight (for at most `drainMs`), closes the components and removes the socket. */
  stop(): Promise<void>;
};

export type ServerSettings<Options> = {
  binding: OutputBinding<Options>;
  socketPath: string;
  logger: Logger;
  drainMs?: number;
};

/** Serves an output binding to daprd on a Unix socket; resolves when daprd may be started. */
export async function startBindingServer<Options>(settings: ServerSettings<Options>): Promise<BindingServer> {
  const { binding, socketPath, logger, drainMs = 10_000 } = settings;
  const instances = new Instances(binding, logger);
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(OutputBindingClient.service as ServiceDefinition, handlers(binding, instances, logger));
  new ReflectionService(packageDefinition, { services: [outputBindingService] }).addToServer(server);

  await prepareSocket(socketPath);
  await listen(server, socketPath);
  await restrictSocket(socketPath);
  logger.info({ socketPath }, "listening");

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await drain(server, drainMs);
    await instances.close();
    await removeSocket(socketPath);
    logger.info("stopped");
  };
  return {
    socketPath,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function handlers<Options>(binding: OutputBinding<Options>, instances: Instances<Options>, logger: Logger) {
  return {
    Init: unary<InitRequest, Empty>(logger, async (call) => {
      await instances.init(instanceOf(call), { ...call.request.metadata?.properties });
      return {};
    }),
    Invoke: unary<InvokeRequest, InvokeResponse>(logger, async (call) => {
      const { operation, data } = call.request;
      if (!binding.operations.includes(operation)) {
        throw new BindingError("UNIMPLEMENTED", `operation must be one of ${binding.operations.join(", ")}`);
      }
      const cancelled = new AbortController();
      call.once("cancelled", () => cancelled.abort());
      const answer = await instances.use(instanceOf(call), (each) => each.invoke(operation, data, cancelled.signal));
      return { data: answer, contentType: "application/json" };
    }),
    ListOperations: unary<Empty, OperationList>(logger, async () => ({ operations: binding.operations })),
    Ping: unary<Empty, Empty>(logger, async (call) => {
      await instances.ping(call.metadata.get(instanceHeader)[0]?.toString());
      return {};
    }),
  };
}

function unary<Request, Response>(
  logger: Logger,
  answer: (call: ServerUnaryCall<Request, Response>) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback: sendUnaryData<Response>) => {
    answer(call).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toStatus(error, logger)),
    );
  };
}

function instanceOf(call: { metadata: { get(key: string): (string | Buffer)[] } }): string {
  const name = call.metadata.get(instanceHeader)[0]?.toString();
  if (!name) throw new BindingError("INVALID_ARGUMENT", `${instanceHeader} metadata is missing`);
  return name;
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function drain(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), drainMs);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
