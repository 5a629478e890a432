import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { type Empty, instanceHeader, maxMessageBytes, type OperationList, OutputBindingClient } from "./protocol.ts";

export type BindingClient = {
  init(properties: Record<string, string>): Promise<void>;
  /** Sends `data` as JSON (bytes are sent as they are) and reads the JSON answer. */
  invoke<Answer = unknown>(operation: string, data: unknown): Promise<Answer>;
  listOperations(): Promise<readonly string[]>;
  ping(): Promise<void>;
  close(): void;
};

/** Calls a component over its socket the way daprd does; for tests and diagnosis. */
export function connectBinding(socketPath: string, instance: string): BindingClient {
  const client = new OutputBindingClient(`unix:${socketPath}`, credentials.createInsecure(), {
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
    init: async (properties) => {
      await call<Empty>("Init", { metadata: { properties } });
    },
    invoke: async <Answer>(operation: string, data: unknown) => {
      const bytes = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data));
      const response = await call<{ data: Buffer }>("Invoke", { operation, data: bytes, metadata: {} });
      return JSON.parse(response.data.toString()) as Answer;
    },
    listOperations: async () => (await call<OperationList>("ListOperations", {})).operations,
    ping: async () => {
      await call<Empty>("Ping", {});
    },
    close: () => client.close(),
  };
}
