import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { clientOf, instanceHeader, maxMessageBytes } from "./protocol.ts";
import type { Secret } from "./secret-store.ts";

type ComponentClient = {
  init(properties: Record<string, string>): Promise<void>;
  ping(): Promise<void>;
  close(): void;
};

export type BindingClient = ComponentClient & {
  /** Sends `data` as JSON (bytes are sent unchanged) and parses the JSON response. */
  invoke<Response = unknown>(operation: string, data: unknown): Promise<Response>;
  listOperations(): Promise<readonly string[]>;
};

export type SecretStoreClient = ComponentClient & {
  get(name: string): Promise<Secret>;
  all(): Promise<Record<string, Secret>>;
  features(): Promise<readonly string[]>;
};

/** Calls an output binding over its socket like daprd; for tests and diagnosis. */
export function connectBinding(socketPath: string, instance: string): BindingClient {
  const { call, ...common } = connect("OutputBinding", socketPath, instance);
  return {
    ...common,
    invoke: async <Response>(operation: string, data: unknown) => {
      const bytes = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data));
      const response = await call<{ data: Buffer }>("Invoke", { operation, data: bytes, metadata: {} });
      return JSON.parse(response.data.toString()) as Response;
    },
    listOperations: async () => (await call<{ operations: readonly string[] }>("ListOperations", {})).operations,
  };
}

/** Calls a secret store over its socket like daprd; for tests and diagnosis. */
export function connectSecretStore(socketPath: string, instance: string): SecretStoreClient {
  const { call, ...common } = connect("SecretStore", socketPath, instance);
  return {
    ...common,
    get: async (name) => (await call<{ data: Secret }>("Get", { key: name })).data,
    all: async () => {
      const { data } = await call<{ data: Record<string, { secrets: Secret }> }>("BulkGet", {});
      return Object.fromEntries(Object.entries(data).map(([name, { secrets }]) => [name, secrets]));
    },
    features: async () => (await call<{ features: readonly string[] }>("Features", {})).features,
  };
}

function connect(service: string, socketPath: string, instance: string) {
  const client = new (clientOf(service))(`unix:${socketPath}`, credentials.createInsecure(), {
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.max_receive_message_length": maxMessageBytes,
  });
  const call = <Response>(method: string, request: object) =>
    new Promise<Response>((resolve, reject) => {
      const metadata = new Metadata();
      metadata.set(instanceHeader, instance);
      const done = (error: ServiceError | null, response: Response) => (error ? reject(error) : resolve(response));
      client[method]?.call(client, request, metadata, done);
    });
  return {
    call,
    init: async (properties: Record<string, string>) => void (await call("Init", { metadata: { properties } })),
    ping: async () => void (await call("Ping", {})),
    close: () => client.close(),
  };
}
