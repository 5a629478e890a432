import t from "tap";
import { chart, ci, release } from "../render.ts";
import { command, type Ended, findHelm } from "../tools.ts";
import { createNamespace, kubectlOrThrow, removeNamespace } from "./kubectl.ts";

const namespace = `${release.namespace}-kept-${process.pid}`;
/** Images that do not exist: the test checks the release's objects and runs none. */
const nowhere = [
  "image.pullPolicy=Never",
  "image.tag=none",
  "dev.postgres.image=none:none",
  "dev.redis.image=none:none",
];
const upgrade = async (...sets: string[]): Promise<Ended> => {
  const args = ["upgrade", "--install", release.name, chart, "--namespace", namespace, "--values", ci("redis")];
  return command(await findHelm(), [...args, ...[...nowhere, ...sets].flatMap((set) => ["--set", set])]);
};
const secrets = async () =>
  (await kubectlOrThrow(["-n", namespace, "get", "secrets", "-o", "name"])).split("\n").filter(ours).sort();
const ours = (name: string) => name !== "" && !name.includes("sh.helm.release");
const token = () =>
  kubectlOrThrow(["-n", namespace, "get", "secret", "orders-api-token", "-o", "jsonpath={.data.token}"]);

t.before(() => createNamespace(namespace));
t.after(() => removeNamespace(namespace));

t.test("Secrets that a release created stay after the values that created them are off", async (t) => {
  const first = await upgrade();
  t.equal(first.code, 0, first.stderr);
  const made = await secrets();
  t.ok(made.includes("secret/orders-db"));

  for (const set of ["secrets.generate=false", "dev.enabled=false"]) {
    const { code, stderr } = await upgrade(set);
    t.equal(code, 1);
    t.match(stderr, /would be deleted with it/, set);
    t.same(await secrets(), made, "all of them are there");
  }
  const { stderr } = await upgrade("secrets.generate=false");
  const line = stderr.match(/kubectl (-n .* annotate secret .*)\n/)?.[1] ?? "";
  await kubectlOrThrow(line.split(" "));
  const after = await upgrade("secrets.generate=false");
  t.equal(after.code, 0, after.stderr);
  t.same(await secrets(), made, "what the message says keeps them");
  const again = await upgrade();
  t.equal(again.code, 0, `and they may be made again: ${again.stderr}`);
  t.same(await secrets(), made);
});

t.test("a manually changed token survives an upgrade; a rollback restores the old token", async (t) => {
  const before = await token();
  await kubectlOrThrow([
    "-n",
    namespace,
    "patch",
    "secret",
    "orders-api-token",
    "-p",
    '{"stringData":{"token":"changed"}}',
  ]);
  const { code, stderr } = await upgrade();
  t.equal(code, 0, stderr);
  t.equal(await token(), Buffer.from("changed").toString("base64"));
  const back = await command(await findHelm(), ["rollback", release.name, "1", "--namespace", namespace]);
  t.equal(back.code, 0, back.stderr);
  t.equal(await token(), before, "docs/operations.md warns of it");
});
