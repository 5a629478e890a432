import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { apps } from "@sidecart/local/apps";
import t, { type Test } from "tap";
import { root } from "../check/tool.ts";
import { copyOfFiles } from "../support/checkout-copy.ts";
import { evaluate } from "./evaluate.ts";
import { tiltTools } from "./tools.ts";

t.setTimeout(300_000);
await tiltTools((text) => t.comment(text));

const deployed = apps.map(({ id }) => id);

t.test("every service has an image, and a resource that waits for its dependencies", async (t) => {
  const tiltfile = await evaluate();
  const images = tiltfile.calls("docker_build");
  for (const service of deployed) {
    const image = images.find(({ ref }) => ref === `sidecart/${service}`);
    const folder = service === "gateway" ? "gateway" : `services/${service}`;
    t.match(image, { target: "dev", build_args: { SERVICE: folder } }, service);
    t.match(tiltfile.resources().get(service), { resource_deps: ["sidecart-set-up-1"] });
  }
});

t.test("every image of a pod is built exactly once", async (t) => {
  for (const args of [[], ["--search", "elasticsearch", "--broker", "rabbitmq", "--state", "postgresql"]]) {
    const tiltfile = await evaluate({ args });
    const named = JSON.stringify(tiltfile.objects()).matchAll(/"(sidecart\/[^:"]+):[^"]+"/g);
    const built = tiltfile.calls("docker_build").map(({ ref }) => ref);
    t.same(built.toSorted(), [...new Set([...named].map(([, image]) => image))].toSorted(), args.join(" "));
  }
});

t.test("a changed source is copied to its place below /app", async (t) => {
  const tiltfile = await evaluate();
  for (const { ref, live_update, only, build_args } of tiltfile.calls("docker_build")) {
    for (const step of live_update) {
      if (step.is !== "sync") continue;
      t.ok(existsSync(join(root, step.local_path)), step.local_path);
      t.equal(step.remote_path, `/app/${step.local_path}`);
      t.ok(
        only.some((path) => `${step.local_path}/`.startsWith(`${path}/`)),
        `${ref} is built from ${step.local_path}`,
      );
    }
    const own = `${build_args.SERVICE}/src`;
    const synced = live_update.flatMap((step) => (step.is === "sync" ? [step.local_path] : []));
    if (live_update.length > 0) t.same(synced, [own, "platform/src", "proto/gen"], ref);
  }
});

t.test("the service restarts after every copy", async (t) => {
  const images = (await evaluate()).calls("docker_build").filter(({ target }) => target === "dev");
  t.equal(images.length, deployed.length);
  for (const { ref, live_update } of images) {
    t.same(live_update.at(-1), { is: "run", cmd: ["touch", "/app/restarting.ts"] }, ref);
  }
  t.match(readFileSync(join(root, "Dockerfile"), "utf8"), /images\/restarting\.ts \/app\//);
});

t.test("the sources of every image exist", async (t) => {
  for (const { ref, only } of (await evaluate()).calls("docker_build")) {
    for (const path of only) t.ok(!isAbsolute(path) && existsSync(join(root, path)), `${ref}: ${path}`);
  }
});

t.test("a new service is one entry in the values", async (t) => {
  const folder = await copyOfFiles(t);
  mkdirSync(join(folder, "services/carts/src"), { recursive: true });
  const values = join(folder, "carts.yaml");
  writeFileSync(values, "services: {carts: {database: {enabled: false}}}\n");
  const tiltfile = await evaluate({ folder, args: ["--values", values] });
  t.ok(tiltfile.calls("docker_build").some(({ ref }) => ref === "sidecart/carts"));
  t.same(tiltfile.resources().get("carts")?.labels, ["services"]);
  t.ok(tiltfile.calls("local_resource").some(({ name }) => name === "redrive-carts"));
});

t.test("a disabled service is neither built nor listed", async (t) => {
  const values = join(temporary(t), "without.yaml");
  writeFileSync(values, "services: {orders: {enabled: false}}\n");
  const tiltfile = await evaluate({ args: ["--values", values] });
  t.notOk(tiltfile.resources().has("orders"));
  t.notOk(tiltfile.calls("docker_build").some(({ ref }) => ref === "sidecart/orders"));
});

t.test("each object of the chart belongs to one resource with a label", async (t) => {
  const tiltfile = await evaluate();
  const claimed = [...tiltfile.resources().values()].flatMap(({ objects = [] }) => objects);
  t.equal(new Set(claimed).size, claimed.length);
  for (const { kind, metadata, spec } of tiltfile.objects()) {
    const workload = spec !== undefined && ("template" in spec || "jobTemplate" in spec);
    if (workload) t.ok(tiltfile.resources().get(metadata.name)?.labels, `${kind} ${metadata.name}`);
    else if (kind !== "Service")
      t.ok(claimed.includes(`${metadata.name}:${kind.toLowerCase()}`), `${kind} ${metadata.name}`);
  }
});

t.test("every dependency of a resource exists", async (t) => {
  for (const subcommand of ["up", "ci"] as const) {
    const tiltfile = await evaluate({ subcommand });
    const locals = tiltfile.calls("local_resource");
    const known = new Set([...tiltfile.resources().keys(), ...locals.map(({ name }) => name)]);
    for (const { resource_deps = [] } of [...tiltfile.resources().values(), ...locals]) {
      for (const name of resource_deps) t.ok(known.has(name), name);
    }
  }
});

t.test("each evaluation renders the same passwords without access to the cluster", async (t) => {
  const secrets = async () => (await evaluate()).objects().filter(({ kind }) => kind === "Secret");
  const first = await secrets();
  t.ok(first.length > 0);
  t.same(await secrets(), first);
});

t.test("tilt ci seeds sample data and places an order automatically; tilt up waits for the button", async (t) => {
  for (const [subcommand, atOnce] of [
    ["ci", true],
    ["up", false],
  ] as const) {
    const buttons = (await evaluate({ subcommand })).calls("local_resource");
    const initial = (name: string) => buttons.find((button) => button.name === name)?.auto_init;
    t.equal(initial("seed"), atOnce);
    t.equal(initial("demo-order"), atOnce);
    t.equal(initial("reindex"), false);
  }
});

t.test("the buttons that switch a backend keep the other options", async (t) => {
  const buttons = (await evaluate({ args: ["--search", "elasticsearch"] })).calls("local_resource");
  t.same(buttons.find(({ name }) => name === "broker-rabbitmq")?.cmd, [
    ...["tilt", "args", "--", "--search", "elasticsearch", "--broker", "rabbitmq"],
  ]);
});

t.test("Dapr's control plane has the version of our sidecar", async (t) => {
  const dapr = (await evaluate()).calls("local_resource").find(({ name }) => name === "dapr");
  t.match(dapr?.cmd.join(" "), / --version 1\.\d+\.\d+ .*sidecarDropALLCapabilities=true/);
});

t.test("a custom image builder receives target and folder", async (t) => {
  const tiltfile = await evaluate({ args: ["--image-builder", "podman-build"] });
  t.same(tiltfile.calls("docker_build"), []);
  const orders = tiltfile.calls("custom_build").find(({ ref }) => ref === "sidecart/orders");
  t.same(orders?.command, ["podman-build", "dev", "services/orders"]);
});

t.test("an invalid setting is an error with the fix", async (t) => {
  const refused = (said: RegExp, setting: Parameters<typeof evaluate>[0]) =>
    t.rejects(evaluate(setting), { message: said });
  await refused(/--broker pigeon: choose redis or rabbitmq/, { args: ["--broker", "pigeon"] });
  await refused(/--search solr: choose embedded or elasticsearch/, { args: ["--search", "solr"] });
  await refused(/--port 0: a number from 1 to 65535/, { args: ["--port", "0"] });
  await refused(/unknown flag: --brokr/, { args: ["--brokr", "redis"] });
  await refused(/context prod is not of kind: .*tilt up -- --context prod/, { context: "prod" });
  await refused(/no Kubernetes context: kind create cluster/, { context: "" });
  await refused(/helm is not installed/, { env: { PATH: shellAlone(t, "kubectl") } });
});

t.test("another context than kind's must be allowed by name", async (t) => {
  const tiltfile = await evaluate({ context: "lab", args: ["--context", "lab"] });
  t.same(tiltfile.calls("allow_k8s_contexts"), [{ contexts: "lab" }]);
});

function temporary(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "sidecart-tilt-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder for PATH with a shell and one empty program, which is never run. */
function shellAlone(t: Test, program: string): string {
  const folder = temporary(t);
  symlinkSync("/bin/sh", join(folder, "sh"));
  writeFileSync(join(folder, program), "", { mode: 0o755 });
  return folder;
}
