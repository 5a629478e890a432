import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "@sidecart/local/process/find-program";
import t, { type Test } from "tap";
import { findHelm } from "../chart/tools.ts";
import { root } from "../check/tool.ts";
import { evaluate } from "./evaluate.ts";

// Tilt comes as a program only (https://docs.tilt.dev/install.html): where it is not installed, the Starlark tests stand alone.
const skip = findProgram("tilt") ? false : "there is no tilt on PATH";
const run = promisify(execFile);

t.setTimeout(120_000);

interface Result {
  Manifests: { Name: string; Labels: Record<string, string>; ResourceDependencies: string[] | null }[];
}

/** What Tilt itself makes of the Tiltfile, with a context of kind behind which there is no cluster. */
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

t.test("Tilt itself sees the same resources, labels and order as the tests' own evaluation", { skip }, async (t) => {
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

t.test("Tilt itself refuses what the tests' own evaluation refuses", { skip }, async (t) => {
  await t.rejects(result(t, ["--broker", "pigeon"]), { message: /--broker pigeon: choose redis or rabbitmq/ });
});
