import { join } from "node:path";
import { connectBinding } from "@sidecart/pluggable/client";
import { startBindingServer } from "@sidecart/pluggable/server";
import { conformance } from "@sidecart/search/conformance/suite";
import { pino } from "pino";
import t from "tap";
import { embeddedSearch } from "../src/binding.ts";

const folder = t.testdir();
const socketPath = join(folder, "embedded-search.sock");
const server = await startBindingServer({ binding: embeddedSearch, socketPath, logger: pino({ level: "silent" }) });
const client = connectBinding(socketPath, "search");
await client.init({ path: join(folder, "search.db") });
t.teardown(async () => {
  client.close();
  await server.stop();
});

conformance(t, () => client);
