import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { imagesOf, running } from "./image.ts";
import { linkedBy } from "./workspaces.ts";

const root = resolve(import.meta.dirname, "..");
const read = (file: string) => readFile(join(root, file), "utf8");
const images = await imagesOf(root);

t.test("docker-bake.hcl builds an image for every workspace with a program, and daprd", async (t) => {
  const bake = await read("docker-bake.hcl");
  const matrix = [...bake.matchAll(/\{ name = "([^"]+)", workspace = "([^"]+)" \}/g)];
  const built = matrix.map(([, name = "", workspace]) => ({ name, workspace }));
  t.same(
    built.sort((one, other) => one.name.localeCompare(other.name)),
    images.map(({ name, workspace }) => ({ name, workspace })),
  );
  t.match(bake, /target "daprd"/);
});

const buildx = spawnSync("docker", ["buildx", "version"]).status === 0;

t.test(
  "docker buildx parses docker-bake.hcl to these targets",
  { skip: buildx ? false : "needs docker buildx" },
  async (t) => {
    const env = { ...process.env, REGISTRY: "r.test", TAG: "1.2.0", SOURCE_DATE_EPOCH: "1700000000" };
    const { stdout, stderr } = spawnSync("docker", ["buildx", "bake", "--print"], { cwd: root, env, encoding: "utf8" });
    t.ok(stdout, stderr);
    const { target } = JSON.parse(stdout);
    t.same(Object.keys(target).sort(), [...images.map(({ name }) => name), "daprd"].sort());
    t.match(target.daprd, { target: "daprd", tags: ["r.test/sidecart/daprd:1.2.0"] });
    for (const { name, workspace } of images) {
      const args = { SERVICE: workspace, VERSION: "1.2.0", CREATED: "2023-11-14T22:13:20Z" };
      t.match(target[name], {
        args,
        tags: [`r.test/sidecart/${name}:1.2.0`],
        platforms: ["linux/amd64", "linux/arm64"],
      });
    }
  },
);

t.test("the Dockerfile and npm run images have the same run configuration", async (t) => {
  const [, daprd = "", node = ""] = (await read("Dockerfile")).split(/^FROM \$\{(?:STATIC|RUNTIME)_IMAGE\}.*$/m);
  for (const [name, stage, run] of [
    ["daprd", daprd, running.daprd],
    ["node", node, running.node],
  ] as const) {
    const last = (word: string) => stage.match(new RegExp(`^${word} (.*)$`, "m"))?.[1] ?? "";
    t.same(JSON.parse(last("ENTRYPOINT")), run.entrypoint, `${name}: ENTRYPOINT`);
    t.same(JSON.parse(last("CMD")), run.cmd, `${name}: CMD`);
    t.equal(last("USER"), run.user, `${name}: USER`);
    t.equal(last("WORKDIR"), run.workdir, `${name}: WORKDIR`);
  }
});

t.test("the Docker build context contains every folder that an image needs", async (t) => {
  const given = (await read(".dockerignore")).split("\n").filter((line) => line.startsWith("!"));
  for (const { name, workspace, runs, reads } of images) {
    for (const folder of [...(await linkedBy(root, [workspace, ...runs])), ...reads]) {
      t.ok(
        given.some((line) => `!${folder}/`.startsWith(`${line}/`)),
        `${name}: ${folder}`,
      );
    }
  }
});

t.test("the chart runs only existing images, and those of every service", async (t) => {
  const made = images.map(({ name }) => name);
  const services = parse(await read("charts/sidecart/services.yaml"));
  const { pluggableComponents } = parse(await read("charts/sidecart/values.yaml"));
  const run = Object.entries<{ image?: string } | null>({ ...services, ...pluggableComponents });
  const named = run.map(([name, value]) => value?.image || name);
  for (const name of named) t.ok(made.includes(name), `${name} exists`);
  for (const { name, workspace } of images)
    if (/^(services|gateway)/.test(workspace)) t.ok(named.includes(name), `the chart runs ${name}`);
});
