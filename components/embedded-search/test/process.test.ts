import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@sidecart/pluggable/testing";
import t from "tap";
import { startProcess } from "./process.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

t.test("an invalid setting ends the process with one line that names it", async (t) => {
  const folder = await temporaryFolder(t);
  const wrong: [environment: Record<string, string>, line: RegExp][] = [
    [{ SIDECART_LOG_LEVEL: "loud" }, /^SIDECART_LOG_LEVEL: .*\n$/],
    [{ SIDECART_SOCKET: join(folder, "x".repeat(100)) }, /^socket path is longer than 100 bytes: .*\n$/],
  ];
  for (const [environment, line] of wrong) {
    const env = { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: folder, ...environment };
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main], { env, stdio: "pipe" });
    const exited = once(child, "exit");
    t.match(await text(child.stderr), line);
    t.same(await exited, [1, null]);
  }
});

t.test("two processes run side by side on different sockets", async (t) => {
  const folder = await temporaryFolder(t);
  await startProcess(t, folder);
  const { client } = await startProcess(t, folder, { SIDECART_SOCKET: join(folder, "other.sock") });
  await client.init({ path: ":memory:" });
  await client.ping();
});
