import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { findDapr } from "@sidecart/local/parts/dapr";
import { Ports } from "@sidecart/local/process/ports";
import { background, connectSidecar, type Sidecar } from "@sidecart/platform/rpc";
import type { Test } from "tap";

export type StandingSidecar = {
  api: Sidecar;
  httpPort: number;
  /** A binding's operation, with JSON both ways. */
  invoke<Answer>(binding: string, operation: string, data: unknown): Promise<Answer>;
};

export type StandingSettings = {
  appId: string;
  /** Folders of Dapr resources. */
  resources: readonly string[];
  /** Configuration files. */
  configurations?: readonly string[];
  /** Its working directory, and the folder of the sockets of pluggable components. */
  folder: string;
  /** Further environment variables. */
  env?: Record<string, string>;
};

/** A real daprd without an app, which has loaded its components. */
export async function startSidecar(t: Test, settings: StandingSettings): Promise<StandingSidecar> {
  const { appId, resources, configurations = [], folder } = settings;
  const { daprd } = await findDapr(() => {});
  const ports = new Ports();
  const hold = (name: string) => ports.hold(name);
  const [http, grpc, internal, metrics] = [await hold("http"), await hold("grpc"), await hold("a"), await hold("b")];
  await ports.release("");
  const args = [
    ...["--app-id", appId, "--dapr-listen-addresses", "127.0.0.1", "--dapr-internal-grpc-listen-address", "127.0.0.1"],
    ...["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`, "--dapr-internal-grpc-port", `${internal}`],
    ...["--metrics-port", `${metrics}`, "--metrics-listen-address", "127.0.0.1"],
    ...configurations.flatMap((file) => ["--config", file]),
    ...resources.flatMap((path) => ["--resources-path", path]),
  ];
  const env = { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: folder, ...settings.env };
  const child = spawn(daprd, args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  endWith(t, child);
  await said(child.stdout, "dapr initialized. Status: Running");
  const api = connectSidecar({ port: grpc });
  t.teardown(() => api.close());
  return {
    api,
    httpPort: http,
    invoke: async <Answer>(binding: string, operation: string, data: unknown) => {
      const bytes = Buffer.from(JSON.stringify(data));
      const answer = await api.invokeBinding(binding, operation, {}, bytes, background(10_000));
      return JSON.parse(Buffer.from(answer).toString()) as Answer;
    },
  };
}

/** A pluggable component as operators run it, with its socket in `folder`. */
export async function startComponent(
  t: Test,
  main: string,
  folder: string,
  settings: Record<string, string> = {},
): Promise<ChildProcess> {
  const { SIDECART_SOCKET: _own, ...inherited } = process.env;
  const env = { ...inherited, DAPR_COMPONENTS_SOCKETS_FOLDER: folder, SIDECART_LOG_LEVEL: "info", ...settings };
  const child = spawn(process.execPath, [main], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  endWith(t, child);
  await said(child.stderr, '"msg":"listening"');
  return child;
}

function endWith(t: Test, child: ChildProcess): void {
  const exited = once(child, "exit");
  t.teardown(async () => {
    child.kill("SIGTERM");
    await exited;
  });
}

/** Resolves at a line with these words; rejects with the last lines if the process exits before. */
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
