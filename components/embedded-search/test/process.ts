import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BindingClient, connectBinding } from "@sidecart/pluggable/client";
import type { Test } from "tap";
import { startComponent } from "../../../tests/support/standing-sidecar.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export type Running = { child: ChildProcess; client: BindingClient };

/** Starts the component as an operator does. `folder` is its working directory and the folder of its socket. */
export async function startProcess(t: Test, folder: string, settings: Record<string, string> = {}): Promise<Running> {
  const socketPath = settings.SIDECART_SOCKET ?? join(folder, "embedded-search.sock");
  const child = await startComponent(t, main, folder, settings);
  const client = connectBinding(socketPath, "search");
  t.teardown(() => client.close());
  return { child, client };
}
