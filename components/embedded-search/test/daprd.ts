import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { findDapr } from "@sidecart/local/parts/dapr";
import type { Test } from "tap";

export type Sidecar = { invokeBinding<Answer>(name: string, operation: string, data: unknown): Promise<Answer> };

type SidecarSettings = { appId: string; socketFolder: string; resourcesPath: string };

/** A real daprd that has loaded its components. */
export async function startSidecar(t: Test, settings: SidecarSettings): Promise<Sidecar> {
  const { daprd } = await findDapr(() => {});
  const [grpc, http, internal, metrics] = await freePorts(4);
  const child = spawn(
    daprd,
    [
      ...["--app-id", settings.appId, "--mode", "standalone", "--resources-path", settings.resourcesPath],
      ...["--dapr-grpc-port", `${grpc}`, "--dapr-http-port", `${http}`, "--dapr-internal-grpc-port", `${internal}`],
      ...["--metrics-port", `${metrics}`, "--dapr-listen-addresses", "127.0.0.1"],
    ],
    {
      env: { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: settings.socketFolder },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("error", reject);
  createInterface(child.stdout)
    .on("line", (line) => {
      lines.push(line);
      if (line.includes("dapr initialized. Status: Running")) resolve();
    })
    .on("close", () => reject(new Error(`daprd ended: ${lines.slice(-5).join("\n")}`)));
  await promise;
  const exited = once(child, "exit");
  const client = createClient(`127.0.0.1:${grpc}`);
  t.teardown(async () => {
    client.close();
    child.kill("SIGTERM");
    await exited;
  });
  return client;
}

const proto = fileURLToPath(new URL("invoke-binding.proto", import.meta.url));

function createClient(address: string): Sidecar & { close(): void } {
  const { dapr } = loadPackageDefinition(loadSync(proto)) as unknown as {
    dapr: { proto: { runtime: { v1: { Dapr: ServiceClientConstructor } } } };
  };
  const client = new dapr.proto.runtime.v1.Dapr(address, credentials.createInsecure());
  return {
    invokeBinding: <Answer>(name: string, operation: string, data: unknown) =>
      new Promise<Answer>((resolve, reject) => {
        const request = { name, operation, data: Buffer.from(JSON.stringify(data)) };
        client.InvokeBinding?.(request, new Metadata(), (error: ServiceError | null, answer: { data: Buffer }) =>
          error ? reject(error) : resolve(JSON.parse(answer.data.toString())),
        );
      }),
    close: () => client.close(),
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
