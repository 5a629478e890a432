import { chmod, chown, mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { pino } from "pino";
import t from "tap";
import { z } from "zod";
import { connectBinding } from "../src/client.ts";
import { outputBinding } from "../src/output-binding.ts";
import { startServer } from "../src/server.ts";
import { temporaryFolder } from "../src/testing.ts";

const logger = pino({ level: "silent" });
const greeter = outputBinding({
  name: "greeter",
  operations: ["greet"],
  options: z.strictObject({ greeting: z.string() }),
  open: async ({ greeting }) => ({
    invoke: async () => Buffer.from(JSON.stringify(greeting)),
    ping: async () => {},
    close: async () => {},
  }),
});

t.test("a restarted component uses the options of the earlier Init", async (t) => {
  const folder = await temporaryFolder(t);
  const socketPath = join(folder, "greeter.sock");
  const connect = (name: string) => {
    const client = connectBinding(socketPath, name);
    t.teardown(() => client.close());
    return client;
  };
  const [one, two, unknown] = [connect("one"), connect("two"), connect("unknown")];
  const first = await startServer({ component: greeter, socketPath, logger });
  await one.init({ greeting: "hello" });
  await two.init({ greeting: "hi" });
  await two.init({ greeting: "bye" });
  await first.stop();

  const second = await startServer({ component: greeter, socketPath, logger });
  t.teardown(() => second.stop());
  t.same(await Promise.all([one.invoke("greet", 0), one.invoke("greet", 0), two.invoke("greet", 0)]), [
    "hello",
    "hello",
    "bye",
  ]);
  await two.ping();
  await t.rejects(unknown.invoke("greet", 0), { code: status.FAILED_PRECONDITION });
});

t.test("only the owner may read the saved options, and Init works without them", async (t) => {
  const folder = await temporaryFolder(t);
  const socketPath = join(folder, "greeter.sock");
  const optionsFolder = join(folder, "elsewhere");
  const client = connectBinding(socketPath, "one");
  t.teardown(() => client.close());
  const start = () => startServer({ component: greeter, socketPath, logger, optionsFolder });
  const first = await start();
  await client.init({ greeting: "hello" });
  t.same(await readdir(optionsFolder), ["greeter.json"]);
  const modes = [optionsFolder, join(optionsFolder, "greeter.json")].map(
    async (path) => (await stat(path)).mode & 0o777,
  );
  t.same(await Promise.all(modes), [0o700, 0o600]);
  await first.stop();

  await writeFile(join(optionsFolder, "greeter.json"), '{"one": {"greeting"');
  const second = await start();
  await t.rejects(client.invoke("greet", 0), { code: status.FAILED_PRECONDITION });
  await client.init({ greeting: "again" });
  t.equal(await client.invoke("greet", 0), "again");
  await rm(optionsFolder, { recursive: true });
  t.equal(await client.invoke("greet", 0), "again");
  await second.stop();
});

t.test("the component does not start when other users may access the options folder", async (t) => {
  const folder = await temporaryFolder(t);
  const socketPath = join(folder, "greeter.sock");
  const optionsFolder = join(folder, "options");
  const start = () => startServer({ component: greeter, socketPath, logger });
  const expected = { message: new RegExp(`^other users may access ${optionsFolder}, which will contain passwords`) };
  const assertRejected = (reason: string) => t.rejects(start(), expected, reason);

  await mkdir(optionsFolder);
  await chmod(optionsFolder, 0o755);
  await assertRejected("open to others");
  await chmod(optionsFolder, 0o700);
  if (process.getuid?.() === 0) {
    await chown(optionsFolder, 65_534, 65_534);
    await assertRejected("another user's");
  }
  await rm(optionsFolder, { recursive: true });
  await mkdir(join(folder, "elsewhere"), { mode: 0o700 });
  await symlink(join(folder, "elsewhere"), optionsFolder);
  await assertRejected("a link");
  t.same(await readdir(folder), ["elsewhere", "options"], "there is no socket");
  await rm(optionsFolder);
  const server = await start();
  await server.stop();
});
