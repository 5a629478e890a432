import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Test } from "tap";
import { type BindingClient, connectBinding } from "./client.ts";
import type { OutputBinding } from "./output-binding.ts";
import { startServer } from "./server.ts";

/** A temporary folder whose path is short enough for a socket, unlike `t.testdir()`. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export type TestComponent = { client: BindingClient; socketPath: string; stop(): Promise<void> };

/** Serves a binding on a separate socket for one test. The client has not called Init yet. */
export async function serve<Options>(t: Test, component: OutputBinding<Options>): Promise<TestComponent> {
  const socketPath = join(await temporaryFolder(t), `${component.name}.sock`);
  const server = await startServer({ component, socketPath, logger: pino({ level: "silent" }) });
  const client = connectBinding(socketPath, "search");
  const stop = () => {
    client.close();
    return server.stop();
  };
  t.teardown(stop);
  return { client, socketPath, stop };
}
