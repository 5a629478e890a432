import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { parse } from "yaml";
import { root } from "../check/tool.ts";
import type { DockerCall } from "./docker-stand-in.ts";
import { tiltTools } from "./tools.ts";

t.setTimeout(300_000);
const tools = await tiltTools((text) => t.comment(text));
const run = promisify(execFile);
const config = join(root, "kind-config.yaml");
// The configuration in kind's node images, in containerd's older format.
const containerdConfig = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "pause"\n';

/** Runs `kind create cluster` with a fake Docker, up to the start of Kubernetes. */
async function create(t: Test, file: string): Promise<{ calls: DockerCall[]; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), "sidecart-kind-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const standIn = join(import.meta.dirname, "docker-stand-in.ts");
  writeFileSync(join(folder, "docker"), `#!/bin/sh\nexec "${process.execPath}" "${standIn}" "$@"\n`, { mode: 0o755 });
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  const env = {
    ...process.env,
    PATH: [folder, process.env.PATH].join(delimiter),
    DOCKER_CALLS: calls,
    CONTAINERD_CONFIG: containerdConfig,
    KIND_EXPERIMENTAL_PROVIDER: "docker",
    KUBECONFIG: join(folder, "kubeconfig"),
  };
  const ended = await run(join(tools, "kind"), ["create", "cluster", "--config", file], { env }).catch(
    (error) => error,
  );
  const recorded = readFileSync(calls, "utf8").split("\n").filter(Boolean);
  return { calls: recorded.map((line) => JSON.parse(line) as DockerCall), said: ended.stderr };
}

t.test("kind accepts the configuration, up to the start of Kubernetes", async (t) => {
  const { calls, said } = await create(t, config);
  t.match(said, /Creating cluster "sidecart"/);
  t.match(said, /kubeadm init/, "it stopped at the end of the fake Docker and not earlier");

  const node = calls.find(({ args: [verb] }) => verb === "run")?.args ?? [];
  t.match(node.at(-1), /^kindest\/node:v1\.35\.\d+@sha256:[0-9a-f]{64}$/);
  t.ok(node.includes("--publish=127.0.0.1:8088:30080/TCP") || node.includes("--publish=127.0.0.1:8088:30080/tcp"));

  const written = calls.find(({ args }) => args.at(-1) === "/etc/containerd/config.toml" && args.includes("cp"));
  t.match(written?.stdin, /\.registry\]\s+config_path = ['"]\/etc\/containerd\/certs\.d['"]/);
  t.match(written?.stdin, /sandbox_image = ['"]pause['"]/, "the configuration of the image is kept");
});

t.test("the configuration maps a port of this machine to the gateway's NodePort in values-kind.yaml", async (t) => {
  const { nodes } = parse(readFileSync(config, "utf8"));
  const { services } = parse(readFileSync(join(root, "charts/sidecart/values-kind.yaml"), "utf8"));
  t.equal(nodes[0].extraPortMappings[0].containerPort, services.gateway.http.nodePort);
  t.equal(services.gateway.http.serviceType, "NodePort");
});

t.test("kind rejects an unknown field in the configuration", async (t) => {
  const file = join(
    t.testdir({ "wrong.yaml": readFileSync(config, "utf8").replace("hostPort", "hostport") }),
    "wrong.yaml",
  );
  const { calls, said } = await create(t, file);
  t.match(said, /hostport/);
  t.notOk(calls.some(({ args: [verb] }) => verb === "run"));
});
