import { type handleUnaryCall, Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { Test } from "tap";

type Handler = handleUnaryCall<Buffer, Buffer>;

/** Responds as a sidecar to these methods, by path, for failures that a real one cannot be made to have at will. */
export async function startDaprServer(t: Test, methods: Record<string, Handler>): Promise<{ port: number }> {
  const server = new Server();
  const bytes = (value: Buffer) => value;
  const definitions = Object.keys(methods).map((path) => {
    const serialization = { requestSerialize: bytes, requestDeserialize: bytes };
    const definition = { path, requestStream: false as const, responseStream: false as const, ...serialization };
    return [path, { ...definition, responseSerialize: bytes, responseDeserialize: bytes }];
  });
  server.addService(Object.fromEntries(definitions), methods);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  t.teardown(() => server.forceShutdown());
  return { port };
}

/** The response of a sidecar whose policy does not allow a call. It has no trailer of our services. */
export const deny: Handler = (_call, callback) =>
  callback({ code: status.PERMISSION_DENIED, details: "access denied by policy", metadata: new Metadata() });
