import { basename, dirname, join } from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import type { Logger } from "pino";
import type { Component, ComponentInstance } from "./component.ts";
import { ComponentError, toStatus } from "./errors.ts";
import { Instances } from "./instances.ts";
import {
  definitionOf,
  fullName,
  type InitRequest,
  instanceHeader,
  maxMessageBytes,
  packageDefinition,
} from "./protocol.ts";
import { SavedOptions } from "./saved-options.ts";
import { prepareSocket, removeSocket, restrictSocket } from "./socket.ts";

export type ComponentServer = {
  socketPath: string;
  /** Finishes the calls in flight (for at most `drainMs`), closes the components and removes the socket. */
  stop(): Promise<void>;
};

export type ServerSettings<Options, Instance extends ComponentInstance> = {
  component: Component<Options, Instance>;
  socketPath: string;
  logger: Logger;
  /** The folder of the saved options; default: `options` beside the socket. */
  optionsFolder?: string | undefined;
  drainMs?: number;
};

/** Serves a component to daprd on a Unix socket. Resolves when daprd may start. */
export async function startServer<Options, Instance extends ComponentInstance>(
  settings: ServerSettings<Options, Instance>,
): Promise<ComponentServer> {
  const { component, socketPath, logger, drainMs = 10_000 } = settings;
  const folder = settings.optionsFolder ?? join(dirname(socketPath), "options");
  const saved = new SavedOptions(folder, basename(socketPath, ".sock"));
  const instances = new Instances(component, saved, logger);
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  const { service } = component.protocol;
  server.addService(definitionOf(service), handlers(component, instances, logger));
  // Only this service, because daprd calls Init of every service that reflection lists.
  new ReflectionService(packageDefinition, { services: [fullName(service)] }).addToServer(server);

  await prepareSocket(socketPath);
  saved.checkFolder();
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

function handlers<Options, Instance extends ComponentInstance>(
  component: Component<Options, Instance>,
  instances: Instances<Options, Instance>,
  logger: Logger,
) {
  const calls = Object.entries(component.protocol.calls).map(([name, handle]) => [
    name,
    unary(logger, async (call) => {
      const cancelled = new AbortController();
      call.once("cancelled", () => cancelled.abort());
      const use = <Result>(act: (instance: Instance) => Promise<Result>) => instances.use(instanceOf(call), act);
      return handle({ request: call.request, signal: cancelled.signal, use });
    }),
  ]);
  return {
    Init: unary(logger, async (call) => {
      await instances.init(instanceOf(call), { ...(call.request as InitRequest).metadata?.properties });
      return {};
    }),
    Ping: unary(logger, async (call) => {
      await instances.ping(call.metadata.get(instanceHeader)[0]?.toString());
      return {};
    }),
    ...Object.fromEntries(calls),
  };
}

function unary(
  logger: Logger,
  handle: (call: ServerUnaryCall<unknown, object>) => Promise<object>,
): handleUnaryCall<unknown, object> {
  return (call, callback: sendUnaryData<object>) => {
    handle(call).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toStatus(error, logger)),
    );
  };
}

function instanceOf(call: { metadata: { get(key: string): (string | Buffer)[] } }): string {
  const name = call.metadata.get(instanceHeader)[0]?.toString();
  if (!name) throw new ComponentError("INVALID_ARGUMENT", `${instanceHeader} metadata is missing`);
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
