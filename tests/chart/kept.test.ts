import t from "tap";
import { fakeCluster, owned } from "./fake-cluster.ts";
import { ci, type Manifest, named, ofKind, release, render } from "./render.ts";

const { namespace } = release;
/** What the set-up has filled. */
const filled = ({ metadata, data }: Manifest) => (metadata.name.endsWith("-token") ? { token: "YQ==" } : data);
/** The objects of a release, as in the cluster. */
const installed = (manifests: Manifest[], annotations: Record<string, string> = owned()): Manifest[] =>
  manifests
    .filter(({ kind }) => kind === "Secret")
    .map((one) => ({
      ...one,
      type: "Opaque",
      data: filled(one),
      metadata: { ...one.metadata, namespace, annotations },
    }));
const first = await render([ci("redis")]);
const secrets = installed(first);

t.test("Secrets that a release created stay unchanged, also after a manual change", async (t) => {
  const changed = structuredClone(secrets);
  const password = named(changed, "Secret", "redis").data;
  t.not(password.password, "Y2hhbmdlZA==");
  password.password = "Y2hhbmdlZA==";
  const cluster = await fakeCluster(t, changed);
  const again = await cluster.render(ci("redis"));
  for (const { metadata, data } of changed) {
    const kept = metadata.name.endsWith("-token") ? undefined : data;
    t.same(named(again, "Secret", metadata.name).data, kept, metadata.name);
  }
});

for (const [what, sets] of [
  ["no Secret is made any more", ["secrets.generate=false"]],
  ["the servers for development go", ["dev.enabled=false"]],
] as const) {
  t.test(`when ${what}, the Secrets that the release created and reads are not deleted silently`, async (t) => {
    const cluster = await fakeCluster(t, secrets);
    const said = await cluster.refusal(ci("redis"), [...sets]);
    const command = said.match(/kubectl -n shop annotate secret (.*) helm\.sh\/resource-policy=keep/);
    const listed = command?.[1]?.split(" ") ?? [];
    for (const name of ["accounts-first-admin", "orders-db", "orders-db-owner", "redis"])
      t.ok(listed.includes(name), name);
    t.equal(listed.includes("accounts-signing-keys"), sets[0] === "secrets.generate=false");
    t.notOk(listed.includes("carts-db"));
    const kept = secrets.map((one) =>
      listed.includes(one.metadata.name)
        ? installed([one], owned(undefined, { "helm.sh/resource-policy": "keep" }))[0]
        : one,
    );
    const after = await fakeCluster(t, kept as Manifest[]);
    const made = ofKind(await after.render(ci("redis"), [...sets]), "Secret").map(({ metadata }) => metadata.name);
    t.same(
      made.filter((name) => listed.includes(name)),
      [],
      "what is kept is the release's no more",
    );
  });
}

t.test("a token is neither restored by a rollback nor a reason to restart pods", async (t) => {
  const checksum = async (token: string) => {
    const objects = structuredClone(secrets);
    named(objects, "Secret", "orders-api-token").data.token = token;
    const manifests = await (await fakeCluster(t, objects)).render(ci("redis"));
    t.notOk("data" in named(manifests, "Secret", "orders-api-token"), "Helm's history has no token");
    return named(manifests, "Deployment", "orders").spec.template.metadata.annotations["checksum/secrets"];
  };
  t.equal(await checksum("b25l"), await checksum("b3RoZXI="));
});

t.test("an existing Secret is used, and the release needs no other", async (t) => {
  const cluster = await fakeCluster(t, installed(first, {}));
  t.same(ofKind(await cluster.render(ci("redis")), "Secret"), []);
  t.same(ofKind(await cluster.render(ci("redis"), ["secrets.generate=false"]), "Secret"), []);
});

t.test("a missing Secret is reported with name and key", async (t) => {
  const cluster = await fakeCluster(t, installed([named(first, "Secret", "orders-db")], {}));
  const said = await cluster.refusal(ci("redis"), ["dev.enabled=false"]);
  t.match(said, /lacks Secrets.*\n {2}rate-limits: [^\n]*url/s);
  t.notMatch(said, /\n {2}(orders-db|orders-api-token|postgres-admin|accounts-signing-keys)[:\n]/);
});

t.test("the role that creates databases is required only if the set-up creates them", async (t) => {
  const admin = named(first, "Secret", "postgres-admin");
  const given = installed(first, {}).filter(({ metadata }) => metadata.name !== "postgres-admin");
  const steps = (manifests: Manifest[]) =>
    ofKind(manifests, "Job")[0]?.spec.template.spec.initContainers.map(
      ({ name }: { name: string }) => name,
    ) as string[];
  const makes = /^create-.*-database$/;
  const without = await fakeCluster(t, given);
  const [off, on] = [["dev.enabled=false"], ["dev.enabled=false", "setUp.createDatabases=true"]];
  t.match(await without.refusal(ci("redis"), on), /\n {2}postgres-admin: url/);
  t.notOk(steps(await without.render(ci("redis"), off)).some((name) => makes.test(name)));
  const within = await fakeCluster(t, [...given, ...installed([admin], {})]);
  t.notOk(
    steps(await within.render(ci("redis"), off)).some((name) => makes.test(name)),
    "another's Secret of that name",
  );
  const owners = ofKind(first, "Secret").flatMap(({ metadata }) => metadata.name.match(/^(.*)-db-owner$/)?.[1] ?? []);
  t.same(
    steps(await within.render(ci("redis"), on)).filter((name) => makes.test(name)),
    owners.map((name) => `create-${name}-database`),
  );
});

const deployment = (name: string, replicas: number): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
  spec: { replicas },
});

t.test("a new scaler keeps the current number of pods, within its minimum", async (t) => {
  const cluster = await fakeCluster(t, [deployment("orders", 4), deployment("gateway", 0)]);
  const replicas = async (sets: string[]) => {
    const manifests = await cluster.render(ci("elasticsearch"), sets);
    return (app: string) => named(manifests, "Deployment", app).spec.replicas;
  };
  const byUse = await replicas(["autoscaling.enabled=true", "autoscaling.minReplicas=3"]);
  t.same(["orders", "gateway", "catalog"].map(byUse), [4, 3, 3]);
  const byEvents = await replicas(["keda.enabled=true", "keda.minReplicas=2"]);
  t.same(["orders", "catalog"].map(byEvents), [4, 2]);
});

t.test("a node port of another Service is refused; the error says which value to set", async (t) => {
  const other: Manifest = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "gateway", namespace: "other" },
    spec: { ports: [{ port: 80, nodePort: 30080 }] },
  };
  const sets = ["services.gateway.http.serviceType=NodePort", "services.gateway.http.nodePort=30080"];
  const cluster = await fakeCluster(t, [other]);
  t.match(
    await cluster.refusal(ci("redis"), sets),
    /30080 is the port of Service other\/gateway; --set services\.gateway/,
  );
  t.equal(await cluster.refusal(ci("redis"), [...sets.slice(0, 1), "services.gateway.http.nodePort=null"]), "");
  const ours = { ...other, metadata: { ...other.metadata, namespace } };
  t.equal(await (await fakeCluster(t, [ours])).refusal(ci("redis"), sets), "", "its own is no other's");
});

t.test(
  "the name of the set-up's Job has revision and installation, so no earlier Job is mistaken for it",
  async (t) => {
    const names = async (objects: Manifest[], sets: string[] = []) => {
      const manifests = await (await fakeCluster(t, objects)).render(ci("redis"), sets);
      const { args } = named(manifests, "Deployment", "orders").spec.template.spec.initContainers[0];
      const jobs = named(manifests, "Role", "orders").rules.find(({ resources }: { resources: string[] }) =>
        resources.includes("jobs"),
      );
      const installation = named(manifests, "ConfigMap", "sidecart-installation");
      const job = ofKind(manifests, "Job")[0]?.metadata.name ?? "";
      t.match(args, [/./, `--job=${job}`]);
      t.ok(jobs.resourceNames.includes(job));
      return { job, asks: jobs.resourceNames as string[], installation };
    };
    const one = await names([]);
    t.equal(one.job, `sidecart-set-up-1-${one.installation.data.id}`);
    t.match(one.installation.data.id, /^[0-9a-f]{5}$/);
    const inPlace = { ...one.installation, metadata: { ...one.installation.metadata, namespace } };
    t.same((await names([inPlace])).job, one.job, "the same installation: the same name");
    t.not((await names([])).job, one.job, "another installation: another");
    const tagged = await names([inPlace], ["setUp.suffix=v2"]);
    t.same(tagged.asks, ["sidecart-set-up-v2", one.job], "who gives a suffix from now on: pods of before find theirs");
  },
);

t.test("a second release in a namespace is refused; the error names the first", async (t) => {
  const cluster = (by: string) =>
    fakeCluster(t, [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "sidecart-installation", namespace, annotations: owned(by) },
      },
    ]);
  t.match(await (await cluster("other")).refusal(ci("redis")), /one release per namespace: other is in shop/);
  t.equal(await (await cluster(release.name)).refusal(ci("redis")), "");
});
