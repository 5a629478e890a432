import { mkdirSync } from "node:fs";
import t from "tap";
import { instanceAt } from "../instance.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { type Secrets, secretsFile, writeSecrets } from "./secrets.ts";

t.test("a start rewrites its own secrets and keeps those that the user added", async (t) => {
  const instance = instanceAt("test", temporaryHome(t));
  mkdirSync(instance.folder, { recursive: true });
  const added = { currencies: { url: "http://127.0.0.1:9" } };
  const first = await writeSecrets(instance, { redis: { host: "one" }, rabbitmq: { connectionString: "amqp://" } });
  writePrivate(secretsFile(instance), { ...first, ...added });
  const second = await writeSecrets(instance, { redis: { host: "two" } });
  t.same(readPrivate<Secrets>(secretsFile(instance)), second);
  const { redis, rabbitmq, currencies, "accounts-signing-keys": keys } = second;
  t.same({ redis, rabbitmq, currencies }, { redis: { host: "two" }, rabbitmq: undefined, ...added });
  t.same(keys, first["accounts-signing-keys"], "keys are created once");
});
