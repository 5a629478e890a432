import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { pino } from "pino";
import t from "tap";
import { z } from "zod";
import { connectSecretStore } from "../src/client.ts";
import { secretStore } from "../src/secret-store.ts";
import { startServer } from "../src/server.ts";
import { temporaryFolder } from "../src/testing.ts";

t.test("a secret store returns all keys of a secret", async (t) => {
  const secrets = new Map<string, Record<string, string>>([
    ["redis", { host: "localhost:6379", password: "p\n=é" }],
    ["empty", {}],
  ]);
  const component = secretStore({
    name: "vault",
    options: z.strictObject({ token: z.string() }),
    open: async () => ({
      get: async (name) => secrets.get(name),
      all: async () => Object.fromEntries(secrets),
      ping: async () => {},
      close: async () => {},
    }),
  });
  const socketPath = join(await temporaryFolder(t), "vault.sock");
  const server = await startServer({ component, socketPath, logger: pino({ level: "silent" }) });
  const client = connectSecretStore(socketPath, "secrets");
  t.teardown(() => [client.close(), server.stop()]);

  await t.rejects(client.init({}), {
    code: status.INVALID_ARGUMENT,
    details: "component secrets: option token: is missing",
  });
  await t.rejects(client.get("redis"), { code: status.FAILED_PRECONDITION });
  await client.init({ token: "t" });
  await client.ping();
  t.same(await client.features(), ["MULTIPLE_KEY_VALUES_PER_SECRET"]);
  t.same(await client.get("redis"), secrets.get("redis"));
  t.same(await client.all(), Object.fromEntries(secrets));
  await t.rejects(client.get("none"), { code: status.NOT_FOUND, details: 'there is no secret "none"' });
});
