import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { apps } from "@sidecart/local/apps";
import t from "tap";
import { parse } from "yaml";
import { chart, ci, refusal } from "./render.ts";

const names = apps
  .map(({ id }) => id)
  .sort()
  .join(", ");

const refused: [what: string, sets: string[], said: RegExp][] = [
  ["a typo at the top", ["brokr=redis"], /'brokr' not allowed/],
  ["a typo in a service", ["services.orders.replica=2"], /\/services\/orders.*'replica' not allowed/],
  [
    "a typo deep down",
    ["serviceDefaults.resources.limit.memory=1Gi"],
    /\/serviceDefaults\/resources.*'limit' not allowed/,
  ],
  ["a text for a number", ["services.orders.replicas=two"], /\/services\/orders\/replicas.*got string, want integer/],
  ["a number for a text", ["image.tag=1"], /\/image\/tag.*got number, want string/],
  ["a text for a switch", ["networkPolicy.enabled=yes please"], /\/networkPolicy\/enabled.*want boolean/],
  ["a broker that is not known", ["broker=sqs"], /\/broker.*'redis', 'rabbitmq', 'jetstream', 'kafka'/],
  ["a store that is not known", ["state=mysql"], /\/state.*'redis', 'postgresql'/],
  ["a search engine that is not known", ["search=solr"], /\/search.*'embedded', 'elasticsearch'/],
  ["a media store that is not known", ["media=ftp"], /\/media.*'localstorage', 's3'/],
  ["a service's name that Dapr does not take", ["services.Carts.replicas=1"], /'Carts' does not match/],
  [
    "an amount of memory that is none",
    ["setUp.resources.limits.memory=lots"],
    /\/setUp\/resources\/limits\/memory.*'lots'/,
  ],
  ["a port beyond the last", ["dapr.metricsPort=70000"], /\/dapr\/metricsPort.*65,?535/],
  ["a service called as a server of ours", ["services.redis.replicas=1"], /propertyName 'redis'/],
  ["a service called as a part of the release", ["services.sidecart-x.replicas=1"], /propertyName 'sidecart-x'/],
  ["a variable that the chart sets", ["services.orders.env.DAPR_API_TOKEN=x"], /propertyName 'DAPR_API_TOKEN'/],
  [
    "a label by which pods are found",
    ["services.orders.podLabels.app\\.kubernetes\\.io/name=x"],
    /propertyName 'app\.kubernetes\.io\/name'/,
  ],
  ["what a service has for itself, for all", ["serviceDefaults.keda.enabled=true"], /propertyName 'keda'/],
  ["where KEDA is, for one service", ["services.orders.keda.namespace=x"], /propertyName 'namespace'/],
  ["a budget with which no node can be drained", ["podDisruptionBudget.maxUnavailable=0"], /maxUnavailable.*want 1/],
  [
    "the same as a share, of one service",
    ["services.orders.podDisruptionBudget.maxUnavailable=0%"],
    /orders\/podDisruptionBudget\/maxUnavailable.*'0%'/,
  ],
  ["a Job's name that Kubernetes does not take", ["setUp.suffix=V1"], /\/setUp\/suffix.*'V1'/],
  ["a registry with a scheme", ["image.registry=https://registry.example.com"], /\/image\/registry.*'https:/],
  ["a registry with a slash at the end", ["image.registry=registry.example.com/"], /\/image\/registry.*does not match/],
  ["a tag that is none", ["image.tag=v1:2"], /\/image\/tag.*'v1:2'/],
  ["a port that nodes do not give", ["services.gateway.http.nodePort=8088"], /http\/nodePort.*30,?000/],
  ["a service that is off and unknown", ["services.order.enabled=false"], /services\.order: no service has this name/],
  ["an address block that is none", ["networkPolicy.nodes={10.0.0.0}"], /\/networkPolicy\/nodes\/0.*'10\.0\.0\.0'/],
  ["egress to no address, which means all", ["networkPolicy.servers.redis.to=[]"], /servers\/redis\/to.*minItems/],
  ["egress to no port, which means all", ["networkPolicy.apiServer.ports=[]"], /apiServer\/ports.*minItems/],
  ["a digest that is none", ["image.digests.orders=sha256:12"], /\/image\/digests\/orders.*'sha256:12'/],
  ["a schedule that is none", ["signingKeys.rotation.schedule=monthly"], /rotation\/schedule.*'monthly'/],
  ["a drain that is longer than the process allows", ["serviceDefaults.drainDelayMs=30000"], /drainDelayMs.*20,?000/],
];

/** Helm removes a default for which the values say null. */
const removed: [what: string, set: string, said: RegExp][] = [
  ["a service", "services.orders=null", /services\.orders: null removes nothing; .*services\.orders\.enabled=false/],
  ["the gateway", "services.gateway=null", /services\.gateway: null .*services\.gateway\.enabled=false/],
  ["all services", "services=null", /missing property 'services'/],
  ["the defaults of services", "serviceDefaults=null", /missing property 'serviceDefaults'/],
  ["a part of the defaults", "serviceDefaults.http=null", /\/serviceDefaults'.*'http'/],
  ["a part of a service", "services.orders.http=null", /\/services\/orders\/http.*got null, want object/],
  ["a single setting", "dapr.logLevel=null", /\/dapr'.*'logLevel'/],
  ["the policies", "networkPolicy=null", /missing property 'networkPolicy'/],
  ["a server of the policies", "networkPolicy.servers.redis=null", /\/networkPolicy\/servers'.*'redis'/],
  ["the autoscaler", "autoscaling=null", /missing property 'autoscaling'/],
  ["an unknown service", "services.order=null", new RegExp(`services\\.order: no service .* ${names}`)],
];

for (const [what, set, said] of removed) {
  t.test(`null for ${what} is refused, and the error names it`, async (t) => {
    t.match(await refusal([ci("redis")], [set]), said);
  });
}

t.test("the schema requires every value with a default, because null removes it", async (t) => {
  const schema = JSON.parse(await readFile(join(chart, "values.schema.json"), "utf8"));
  const values = parse(await readFile(join(chart, "values.yaml"), "utf8"), { merge: true });
  const missing = Object.keys(values).filter((name) => !schema.required.includes(name));
  t.same(missing, []);
});

for (const [what, sets, said] of refused) {
  t.test(`${what} is refused, and the error names it`, async (t) => {
    t.match(await refusal([ci("redis")], sets), said);
  });
}

const contradictions: [what: string, file: string, sets: string[], said: RegExp][] = [
  [
    "servers for development in production",
    "redis",
    ["environment=production"],
    /dev\.enabled: .*environment: production/,
  ],
  [
    "an index in one pod, in production",
    "locked-down",
    ["search=embedded"],
    /search: embedded .*set search=elasticsearch/,
  ],
  ["pictures on one node, in production", "locked-down", ["media=localstorage"], /media: localstorage .*set media=s3/],
  [
    "two pods for an index in one process",
    "redis",
    ["services.catalog.replicas=2"],
    /services\.catalog must have replicas 1/,
  ],
  [
    "an autoscaler for an index in one process",
    "redis",
    ["autoscaling.enabled=true"],
    /services\.catalog must have replicas 1/,
  ],
  [
    "two autoscalers of one service",
    "elasticsearch",
    ["autoscaling.enabled=true", "keda.enabled=true"],
    /services\.accounts: autoscaling and keda/,
  ],
  [
    "a database without a component",
    "redis",
    ["services.carts.replicas=1"],
    /services\.carts\.database\.enabled: components\/resources\/base\/carts-db\.yaml is missing/,
  ],
  [
    "a slip in a service's name",
    "redis",
    ["services.order.replicas=2"],
    new RegExp(`or services\\.order is a slip: there are ${names}`),
  ],
  ["production without a registry", "locked-down", ["image.registry="], /image\.registry: .*docker\.io\/sidecart\//],
  ["an Ingress for every host, in production", "locked-down", ["ingress.enabled=true"], /ingress\.hosts: name/],
  [
    "a service that others call, off",
    "redis",
    ["services.catalog.enabled=false"],
    /services\.catalog\.enabled: gateway, orders may call it/,
  ],
  [
    "a heap as large as the container",
    "redis",
    ["services.orders.heapMi=320"],
    /services\.orders\.heapMi: 320 MiB .*services\.orders\.resources\.limits\.memory 320Mi/,
  ],
  [
    "a heap in a container that its unit makes small",
    "redis",
    ["setUp.resources.limits.memory=90M"],
    /setUp\.heapMi: 96/,
  ],
  [
    "a sidecar that may keep more than it has",
    "redis",
    ["services.orders.dapr.memoryLimitMi=256"],
    /services\.orders\.dapr\.memoryLimitMi: 256/,
  ],
  [
    "memory below what is asked for",
    "redis",
    ["serviceDefaults.resources.requests.memory=1Gi"],
    /services\.accounts\.resources: limits\.memory 320Mi is below requests\.memory 1Gi/,
  ],
  [
    "CPU below what is asked for",
    "redis",
    ["services.orders.resources.requests.cpu=1", "services.orders.resources.limits.cpu=900m"],
    /services\.orders\.resources: limits\.cpu 900m is below requests\.cpu 1/,
  ],
  [
    "memory of a component below what is asked for",
    "redis",
    ["pluggableComponents.bindings\\.embedded-search.resources.requests.memory=1Gi"],
    /pluggableComponents\.bindings\.embedded-search\.resources: limits\.memory/,
  ],
  ["KEDA without Kafka's address", "keda-kafka", ["keda.kafka.bootstrapServers="], /keda\.kafka\.bootstrapServers/],
  [
    "KEDA for one service only, without Kafka's address",
    "kafka",
    ["services.orders.keda.enabled=true"],
    /keda\.kafka\.bootstrapServers/,
  ],
  ["tokens that anybody can work out, in production", "locked-down", ["dev.seed=word"], /dev\.seed .* dev\.enabled/],
  [
    "a rule for a service that is not there",
    "redis",
    ["networkPolicy.extraEgress.order[0].ports[0].port=443"],
    new RegExp(`extraEgress\\.order: no service .* ${names}`),
  ],
  [
    "two services at one path",
    "ingress",
    ["services.orders.http.enabled=true", "services.orders.http.paths[0]=/"],
    /services\.orders\.http\.paths: services\.gateway has the same path/,
  ],
  ["KEDA without NATS' address", "keda-kafka", ["broker=jetstream"], /keda\.jetstream\.monitoringEndpoint/],
  ["a route to no Gateway", "redis", ["gatewayApi.enabled=true"], /gatewayApi\.parentRefs/],
];

t.test(
  "a service that others call may be off only in development; a service without callers may always be off",
  async (t) => {
    t.equal(await refusal([ci("redis")], ["services.orders.enabled=false", "dev.watch=true"]), "");
    t.equal(await refusal([ci("redis")], ["services.gateway.enabled=false"]), "");
  },
);

for (const [what, file, sets, said] of contradictions) {
  t.test(`${what}: refused, with what to set`, async (t) => {
    t.match(await refusal([ci(file)], sets), said);
  });
}

t.test("the schema allows no unknown keys in objects with fixed keys", async (t) => {
  const open: string[] = [];
  const walk = (schema: unknown, path: string) => {
    if (typeof schema !== "object" || schema === null) return;
    const { $ref, properties, additionalProperties } = schema as Record<string, unknown>;
    // Beside a reference, properties only add to what it says.
    if (properties && !$ref && additionalProperties !== false) open.push(path);
    for (const [key, value] of Object.entries(schema)) walk(value, `${path}/${key}`);
  };
  walk(JSON.parse(await readFile(join(chart, "values.schema.json"), "utf8")), "");
  t.same(open, []);
});

t.test("every part of values.yaml has a comment", async (t) => {
  const text = await readFile(join(chart, "values.yaml"), "utf8");
  const values = parse(text, { merge: true }) as Record<string, unknown>;
  const lines = text.split("\n");
  const silent = Object.keys(values).filter((name) => {
    const at = lines.findIndex((line) => line.startsWith(`${name}:`));
    const first = lines[at + 1] ?? "";
    return !(lines[at - 1] ?? "").startsWith("#") && !first.trim().startsWith("#");
  });
  t.same(silent, []);
});
