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
// As kind's node images have it, in containerd's older form.
const containerdConfig = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "pause"\n';

/** Has kind make a cluster with a stand-in for Docker, until Kubernetes would start. */
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

t.test("kind takes the configuration as far as to the start of Kubernetes", async (t) => {
  const { calls, said } = await create(t, config);
  t.match(said, /Creating cluster "sidecart"/);
  t.match(said, /kubeadm init/, "ended where the stand-in ends, not before");

  const node = calls.find(({ args: [verb] }) => verb === "run")?.args ?? [];
  t.match(node.at(-1), /^kindest\/node:v1\.35\.\d+@sha256:[0-9a-f]{64}$/);
  t.ok(node.includes("--publish=127.0.0.1:8088:30080/TCP") || node.includes("--publish=127.0.0.1:8088:30080/tcp"));

  const written = calls.find(({ args }) => args.at(-1) === "/etc/containerd/config.toml" && args.includes("cp"));
  t.match(written?.stdin, /\.registry\]\s+config_path = ['"]\/etc\/containerd\/certs\.d['"]/);
  t.match(written?.stdin, /sandbox_image = ['"]pause['"]/, "and what the image had stays");
});

t.test("the gateway's port on this machine leads to its NodePort in the chart's values for kind", async (t) => {
  const { nodes } = parse(readFileSync(config, "utf8"));
  const { services } = parse(readFileSync(join(root, "charts/sidecart/values-kind.yaml"), "utf8"));
  t.equal(nodes[0].extraPortMappings[0].containerPort, services.gateway.http.nodePort);
  t.equal(services.gateway.http.serviceType, "NodePort");
});

t.test("a wrong word in such a file is refused by kind", async (t) => {
  const file = join(
    t.testdir({ "wrong.yaml": readFileSync(config, "utf8").replace("hostPort", "hostport") }),
    "wrong.yaml",
  );
  const { calls, said } = await create(t, file);
  t.match(said, /hostport/);
  t.notOk(calls.some(({ args: [verb] }) => verb === "run"));
});
