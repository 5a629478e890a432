import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Kubectl } from "./kubectl.ts";

export type Door = { url: string; admin: { email: string; password: string }; close(): void };

/** Opens a port-forward to the gateway, and reads the credentials of the first admin. */
export async function openGateway({ namespace, secret }: Kubectl): Promise<Door> {
  const { email = "", password = "" } = await secret("accounts-first-admin");
  const args = ["--namespace", namespace, "port-forward", "service/gateway", ":80"];
  const forward = spawn("kubectl", args, { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: forward.stdout }), "line");
  const [, port] = String(line).match(/127\.0\.0\.1:(\d+)/) ?? [];
  if (!port) throw new Error(`unexpected output of the port-forward: ${line}`);
  return { url: `http://127.0.0.1:${port}`, admin: { email, password }, close: () => void forward.kill() };
}
