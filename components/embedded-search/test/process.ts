import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type BindingClient, connectBinding } from "@sidecart/pluggable/client";
import type { Test } from "tap";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export type Running = { child: ChildProcess; client: BindingClient };

/** The component as an operator runs it; `folder` is its working directory and its socket's folder. */
export async function startProcess(t: Test, folder: string, settings: Record<string, string> = {}): Promise<Running> {
  const socketPath = settings.SIDECART_SOCKET ?? join(folder, "embedded-search.sock");
  const { SIDECART_SOCKET: _own, ...environment } = process.env;
  const env = { ...environment, DAPR_COMPONENTS_SOCKETS_FOLDER: folder, SIDECART_LOG_LEVEL: "info", ...settings };
  const child = spawn(process.execPath, [main], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  await logged(child, "listening");
  const client = connectBinding(socketPath, "search");
  t.teardown(() => client.close());
  return { child, client };
}

/** Resolves at the log line that says so; rejects with what was said when the process ends without it. */
async function logged(child: ChildProcess, message: string): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (!child.stderr) throw new Error("the component's log is not piped");
  createInterface(child.stderr)
    .on("line", (line) => {
      lines.push(line);
      if (line.includes(`"msg":"${message}"`)) resolve();
    })
    .on("close", () => reject(new Error(`ended without "${message}": ${lines.join("\n")}`)));
  await promise;
}
