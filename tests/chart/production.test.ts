import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { fakeCluster } from "./fake-cluster.ts";
import { chart, ci, named, refusal, release, render, withValues } from "./render.ts";
import { command, findHelm, kubernetesVersion } from "./tools.ts";

const production = join(chart, "values-production.yaml");
const proxies = "services.gateway.env.SIDECART_TRUSTED_PROXIES";
const from = "networkPolicy.ingressFrom";
const route = ["gatewayApi.enabled=true", "gatewayApi.parentRefs[0].name=public"];

const unsafe: [what: string, sets: string[], said: RegExp][] = [
  ["an Ingress without trusted proxies", [`${proxies}="0"`], /TRUSTED_PROXIES: with ingress set the number of proxies/],
  [
    "a route without trusted proxies",
    [`${proxies}="0"`, "ingress.enabled=false", ...route],
    /TRUSTED_PROXIES: with gatewayApi set the number/,
  ],
  ["trusted proxies that are no number", [`${proxies}=one`], /TRUSTED_PROXIES: "one" is not a number/],
  ["trusted proxies beyond what the gateway takes", [`${proxies}="11"`], /TRUSTED_PROXIES: "11" is not a number/],
  ["an Ingress, and any pod may connect", [`${from}=[]`], /networkPolicy\.ingressFrom: name the pods/],
  [
    "trusted proxies without an Ingress, and any pod may connect",
    ["ingress.enabled=false", `${from}=[{"ipBlock":{"cidr":"0.0.0.0/0"}}]`],
    /networkPolicy\.ingressFrom: 0\.0\.0\.0\/0 is more than the proxies/,
  ],
  [
    "every IPv6 address as the proxies'",
    [`${from}=[{"ipBlock":{"cidr":"::/0"}}]`],
    /networkPolicy\.ingressFrom: ::\/0 is more/,
  ],
  [
    "two halves of all addresses as the proxies'",
    [`${from}=[{"ipBlock":{"cidr":"0.0.0.0/1"}},{"ipBlock":{"cidr":"128.0.0.0/1"}}]`],
    /networkPolicy\.ingressFrom: 0\.0\.0\.0\/1 is more/,
  ],
  ["no NetworkPolicies", ["networkPolicy.enabled=false"], /networkPolicy\.enabled: production needs/],
  [
    "every private address as the API server's",
    ["networkPolicy.apiServer.cidrs={10.0.0.0/8}"],
    /networkPolicy\.apiServer\.cidrs: .* 10\.0\.0\.0\/8 is too wide/,
  ],
  [
    "every private address as a database's",
    ["networkPolicy.servers.postgres.to[0].ipBlock.cidr=172.16.0.0/12"],
    /networkPolicy\.servers\.postgres\.to: .* too wide/,
  ],
  [
    "every namespace as a server's",
    ['networkPolicy.servers.elasticsearch.to=[{"namespaceSelector":{}}]'],
    /networkPolicy\.servers\.elasticsearch\.to: .* namespaceSelector: \{\} is too wide/,
  ],
  [
    "the whole internet for one service",
    [
      "networkPolicy.extraEgress.orders[0].ports[0].port=443",
      "networkPolicy.extraEgress.orders[0].to[0].ipBlock.cidr=0.0.0.0/0",
    ],
    /networkPolicy\.extraEgress\.orders: .* add extraEgress to networkPolicy\.wideEgress/,
  ],
  [
    "a rule without addresses for one service",
    ["networkPolicy.extraEgress.orders[0].ports[0].port=443"],
    /networkPolicy\.extraEgress\.orders: .*every address/,
  ],
  [
    "an unnamed collector of traces",
    ["tracing.endpoint=http://collector.monitoring:4318"],
    /networkPolicy\.servers\.collector\.to: .* too wide/,
  ],
  [
    "more connections than PostgreSQL allows",
    ["postgres.maxConnections=100"],
    /postgres\.maxConnections: 100 leaves 90 .* may open 192 .*orders 8 pods × 8/,
  ],
  [
    "more replicas than there are connections for",
    ["services.orders.autoscaling.maxReplicas=20"],
    /postgres\.maxConnections: .*orders 22 pods × 8/,
  ],
  [
    "a rollout that doubles the pods",
    ["serviceDefaults.maxSurge=100%"],
    /postgres\.maxConnections: .*orders 12 pods × 8/,
  ],
  [
    "a sidecar without our patches, and a pause that is too short for it",
    ["dapr.image=docker.io/daprio/daprd:1.18.0", "services.orders.preStopSeconds=15"],
    /services\.orders\.preStopSeconds: 15 is too short/,
  ],
];

for (const [what, sets, said] of unsafe) {
  t.test(`production refuses ${what}`, async (t) => t.match(await refusal([production], sets), said));
}

t.test("production accepts what these refusals advise", async (t) => {
  const external = "networkPolicy.extraEgress.orders[0].to[0].ipBlock.cidr=0.0.0.0/0";
  for (const sets of [
    ["ingress.enabled=false", `${proxies}="0"`, `${from}=[]`],
    ["networkPolicy.wideEgress={extraEgress}", external],
    ["networkPolicy.wideEgress={s3}", "networkPolicy.servers.s3.to[0].ipBlock.cidr=0.0.0.0/0"],
    ["postgres.maxConnections=100", "postgres.serverPerService=true"],
    ["postgres.maxConnections=106", "postgres.poolSize=4"],
    ["dapr.image=registry.example.com/our/daprd:1", "dapr.imageIsPatched=true", "services.orders.preStopSeconds=15"],
  ])
    t.equal(await refusal([production], sets), "", sets.join(" "));
});

t.test("a Secret in the cluster says how many connections a sidecar opens", async (t) => {
  const connectionString = Buffer.from("host=pg user=orders pool_max_conns=30 database=orders").toString("base64");
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "orders-db", namespace: release.namespace } };
  const cluster = await fakeCluster(t, [{ ...secret, type: "Opaque", data: { connectionString } }]);
  t.match(await cluster.refusal(production), /postgres\.maxConnections: .*orders 8 pods × 30/);
});

t.test("a client's address reaches the gateway also through a node port", async (t) => {
  const sets = ["services.gateway.http.serviceType=LoadBalancer"];
  t.equal(named(await render([production], sets), "Service", "gateway").spec.externalTrafficPolicy, "Local");
  t.equal(named(await render([ci("redis")], sets), "Service", "gateway").spec.externalTrafficPolicy, undefined);
});

t.test("in production the autoscaler adds a pod at a third of a core, as measured", async (t) => {
  const manifests = await render([production]);
  const { spec } = named(manifests, "HorizontalPodAutoscaler", "gateway");
  const [own] = named(manifests, "Deployment", "gateway").spec.template.spec.containers;
  const cores =
    (Number.parseInt(own.resources.requests.cpu, 10) / 1000) *
    (spec.metrics[0].containerResource.target.averageUtilization / 100);
  t.ok(cores >= 0.3 && cores <= 0.5, `${cores} cores`);
});

t.test("without our patches a pod serves longer before it ends, unless the values say how long", async (t) => {
  const seconds = async (sets: string[]) => {
    const { containers } = named(await render([ci("elasticsearch")], sets), "Deployment", "orders").spec.template.spec;
    return containers[0].lifecycle.preStop.sleep.seconds;
  };
  const other = "dapr.image=docker.io/daprio/daprd:1.18.0";
  t.equal(await seconds([]), 15);
  t.equal(await seconds([other]), 25);
  t.equal(await seconds([other, "dapr.imageIsPatched=true"]), 15);
  t.equal(await seconds([other, "services.orders.preStopSeconds=40"]), 40);
});

t.test("the notes say how many connections PostgreSQL needs, and warn of a sidecar without our patches", async (t) => {
  const usual = await notes(t, production);
  t.match(usual, /PostgreSQL: at most 192 connections from sidecars \(accounts 8 pods × 8, .*must allow 210/s);
  t.notMatch(usual, "WARNING");
  const official = await notes(t, production, ["dapr.image=docker.io/daprio/daprd:1.18.0"]);
  t.match(official, /WARNING: docker\.io\/daprio\/daprd:1\.18\.0 lacks the patches.* 25 s \(orders\)/s);
});

/** The text of NOTES.txt. `helm template` does not print it, so a copy of the chart has it in a ConfigMap. */
async function notes(t: Test, file: string, sets: string[] = []): Promise<string> {
  const copy = join(t.testdir(), "sidecart");
  await cp(chart, copy, { recursive: true, dereference: true });
  await writeFile(join(copy, "notes.txt"), await readFile(join(chart, "templates/NOTES.txt")));
  await rm(join(copy, "templates/NOTES.txt"));
  const shown = '{{ dict "notes" (tpl (.Files.Get "notes.txt") .) | toYaml }}';
  await writeFile(join(copy, "templates/shown.yaml"), shown);
  const values = [...withValues(file), ...sets.flatMap((set) => ["--set", set])];
  const args = [
    "template",
    release.name,
    copy,
    "--kube-version",
    kubernetesVersion,
    "--show-only",
    "templates/shown.yaml",
  ];
  const { code, stdout, stderr } = await command(await findHelm(), [...args, ...values]);
  t.equal(code, 0, stderr);
  return stdout;
}
