import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { checkout } from "@sidecart/local/instance";
import { findDapr } from "@sidecart/local/parts/dapr";
import { Ports } from "@sidecart/local/process/ports";
import { connectSidecar, type Sidecar } from "@sidecart/platform/sidecar";
import type { Test } from "tap";

const resources = join(checkout, "components/resources");

export type Standing = { sidecar: Sidecar; httpPort: number };
export type StandingSettings = {
  appId: string;
  /** Folders of `components/resources`. */
  chosen: readonly string[];
  /** Where files named by components are. */
  folder: string;
};

/** A sidecar by itself over resources that are shipped, with what its app may read of the secrets. */
export async function startSidecar(t: Test, { appId, chosen, folder }: StandingSettings): Promise<Standing> {
  const { daprd } = await findDapr(() => {});
  const ports = new Ports();
  const [http, grpc, internal, metrics] = await Promise.all(
    ["http", "grpc", "internal", "metrics"].map((name) => ports.hold(name)),
  );
  await ports.release("");
  const args = [
    ...["--app-id", appId, "--dapr-listen-addresses", "127.0.0.1", "--dapr-internal-grpc-listen-address", "127.0.0.1"],
    ...["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`, "--dapr-internal-grpc-port", `${internal}`],
    ...["--metrics-port", `${metrics}`, "--metrics-listen-address", "127.0.0.1"],
    ...["--config", join(resources, "config/secrets", `${appId}.yaml`)],
    ...chosen.flatMap((one) => ["--resources-path", join(resources, one)]),
  ];
  const env = { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: folder };
  const child = spawn(daprd, args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  endWith(t, child);
  await said(child.stdout, "dapr initialized. Status: Running");
  const sidecar = connectSidecar({ port: grpc ?? 0 });
  t.teardown(() => sidecar.close());
  return { sidecar, httpPort: http ?? 0 };
}

/** A pluggable component as an operator runs it, with `secrets` in its environment. */
export async function startComponent(
  t: Test,
  name: string,
  folder: string,
  env: Record<string, string>,
): Promise<void> {
  const main = join(checkout, "components", name, "src/main.ts");
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: folder, SIDECART_LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  endWith(t, child);
  await said(child.stderr, '"msg":"listening"');
}

function endWith(t: Test, child: ChildProcess): void {
  const exited = once(child, "exit");
  t.teardown(async () => {
    child.kill("SIGTERM");
    await exited;
  });
}

/** Resolves at the line that says so; rejects with the last ones when the process ends without it. */
function said(output: Readable, words: string): Promise<void> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    createInterface(output)
      .on("line", (line) => {
        lines.push(line);
        if (line.includes(words)) resolve();
      })
      .on("close", () => reject(new Error(`ended without "${words}": ${lines.slice(-5).join("\n")}`)));
  });
}
