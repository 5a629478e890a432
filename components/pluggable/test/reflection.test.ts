import { fileURLToPath } from "node:url";
import { type Client, credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import t from "tap";
import { z } from "zod";
import { outputBinding } from "../src/output-binding.ts";
import { serve } from "../src/testing.ts";

// daprd uses v1alpha of reflection, and registers a component for each listed service.
const reflectionProto = new URL(
  "../proto/grpc/reflection/v1alpha/reflection.proto",
  import.meta.resolve("@grpc/reflection/build/src/index.js"),
);

type Listing = { listServicesResponse: { service: { name: string }[] } };
type Reflection = Client & { ServerReflectionInfo(): NodeJS.ReadWriteStream };

t.test("reflection lists only the output binding", async (t) => {
  const binding = outputBinding({
    name: "silent",
    operations: [],
    options: z.object({}),
    open: async () => ({ invoke: async (_operation, data) => data, ping: async () => {}, close: async () => {} }),
  });
  const { socketPath } = await serve(t, binding);
  const { grpc } = loadPackageDefinition(loadSync(fileURLToPath(reflectionProto))) as unknown as {
    grpc: { reflection: { v1alpha: { ServerReflection: ServiceClientConstructor } } };
  };
  const address = `unix:${socketPath}`;
  const { ServerReflection } = grpc.reflection.v1alpha;
  const client = new ServerReflection(address, credentials.createInsecure()) as unknown as Reflection;
  t.teardown(() => client.close());
  const stream = client.ServerReflectionInfo();
  const answer = new Promise<Listing>((resolve) => stream.once("data", resolve));
  stream.write({ listServices: "*" } as unknown as string);
  const { listServicesResponse } = await answer;
  t.same(
    listServicesResponse.service.map(({ name }) => name),
    ["dapr.proto.components.v1.OutputBinding"],
  );
  stream.end();
});
