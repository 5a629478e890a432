import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "@sidecart/local/process/find-program";
import t, { type Test } from "tap";
import { findHelm } from "../chart/tools.ts";
import { root } from "../check/tool.ts";
import { evaluate } from "./evaluate.ts";

// Tilt has no package to download from a registry (https://docs.tilt.dev/install.html). Without it, these tests are skipped.
const skip = findProgram("tilt") ? false : "tilt is not on PATH";
const run = promisify(execFile);

t.setTimeout(120_000);

interface Result {
  Manifests: { Name: string; Labels: Record<string, string>; ResourceDependencies: string[] | null }[];
}

/** Tilt's evaluation of the Tiltfile, with a kind context that has no cluster. */
async function result(t: Test, words: string[] = []): Promise<Result> {
  const name = "kind-sidecart";
  const kubeconfig = {
    "current-context": name,
    clusters: [{ name, cluster: { server: "http://127.0.0.1:9" } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  const folder = t.testdir({ kubeconfig: JSON.stringify({ apiVersion: "v1", kind: "Config", ...kubeconfig }) });
  const env = {
    ...process.env,
    PATH: [process.env.PATH, dirname(await findHelm())].join(delimiter),
    KUBECONFIG: join(folder, "kubeconfig"),
    TILT_DISABLE_ANALYTICS: "1",
    TILT_DEV_DIR: join(folder, "tilt"),
  };
  const args = ["alpha", "tiltfile-result", "--", ...words];
  return JSON.parse((await run("tilt", args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 })).stdout);
}

t.test("Tilt evaluates the Tiltfile to the same resources, labels and order as our evaluator", { skip }, async (t) => {
  const { Manifests: manifests } = await result(t);
  const ours = await evaluate();
  const expected = [
    ...[...ours.resources()].map(([name, { labels, resource_deps }]) => ({ name, labels, resource_deps })),
    ...ours.calls("local_resource").map(({ name, labels, resource_deps }) => ({ name, labels, resource_deps })),
  ];
  const plain = (all: { name: string; labels?: string[]; resource_deps?: string[] }[]) =>
    Object.fromEntries(all.map(({ name, labels = [], resource_deps: deps = [] }) => [name, { labels, deps }]));
  t.same(
    plain(
      manifests.map(({ Name: name, Labels: labels, ResourceDependencies: deps }) => ({
        name,
        labels: Object.keys(labels),
        resource_deps: deps ?? [],
      })),
    ),
    plain(expected),
  );
});

t.test("Tilt reports the same errors as our evaluator", { skip }, async (t) => {
  await t.rejects(result(t, ["--broker", "pigeon"]), { message: /--broker pigeon: choose redis or rabbitmq/ });
});
