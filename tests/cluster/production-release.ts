import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adapt, documented } from "./documented.ts";
import { chart, release } from "./helm.ts";
import { command, type Kubectl, kubectl, type Thing } from "./kubectl.ts";
import type { Cluster } from "./part.ts";
import { elasticsearchPort, labelsOf, redisOptions, tlsServers } from "./tls-servers.ts";

/** Runs the commands of docs/operations.md with the addresses of the test. `folder` has the authority's certificate. */
export async function makeSecrets({ namespace, run }: Kubectl, folder: string, password: string): Promise<void> {
  const start = adapt(await documented("export NAMESPACE="), { "NAMESPACE=shop": `NAMESPACE=${namespace}` });
  const secrets = adapt(await documented('create secret generic "$service-db-owner"'), {
    "pg.internal": "postgres",
    "redis.internal": "redis",
    "search.internal:9200": `elasticsearch:${elasticsearchPort}`,
    "…": password,
  });
  const commands = ["set -euo pipefail", `cd ${folder}`, start, await documented("databases=("), secrets];
  await command("bash", [], commands.join("\n"));
  const user = adapt(await documented("acl setuser sidecart-rate-limits"), {
    "redis-cli ": `redis-cli ${redisOptions(password)} `,
    "…": password,
  });
  await run("exec", "deployment/redis", "--", "sh", "-ec", user);
}

/** What only an operator knows: registry, proxies, addresses. */
async function ownValues({ registry, tag }: Cluster) {
  const { get } = kubectl("default");
  const [service] = await get("service", "kubernetes");
  const [slice] = await get("endpointslices", "kubernetes");
  const addresses = [service?.spec.clusterIP, ...(slice?.endpoints ?? []).flatMap((one: Thing) => one.addresses)];
  const servers = tlsServers.map((name) => [name, { to: [{ podSelector: { matchLabels: labelsOf(name) } }] }]);
  return {
    image: { registry, tag },
    services: { gateway: { env: { SIDECART_TRUSTED_PROXIES: "1" } } },
    ingress: { enabled: true, className: "nginx", hosts: ["shop.example.com"] },
    tls: { caSecret: "private-ca" },
    setUp: { createDatabases: true },
    networkPolicy: {
      ingressFrom: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } } }],
      apiServer: { cidrs: addresses.map((address) => `${address}/32`) },
      servers: Object.fromEntries(servers),
    },
  };
}

/** What a small node without Prometheus Operator, RabbitMQ and S3 forces. Everything else is as in values-production.yaml. */
const smallNode = {
  // Redis is under test: as the broker, all sidecars connect to it. Else only the gateway does.
  broker: "redis",
  // The cluster lacks the CRDs of Prometheus Operator.
  monitoring: { scrape: "none", rules: { enabled: false } },
  // With the usual requests, two pods of each service need 6.4 cores.
  serviceDefaults: { resources: { requests: { cpu: "20m" } } },
  dapr: { resources: { requests: { cpu: "20m" } } },
  // A starting pod uses more than 70 % of such a small request, so the autoscaler would add pods.
  autoscaling: { maxReplicas: 2 },
  services: { gateway: { autoscaling: { maxReplicas: 2 } } },
};

/** Writes the operator's own values files, and returns all files in their order. */
export async function valuesFiles(cluster: Cluster, folder: string): Promise<string[]> {
  const own = { "my-values.json": await ownValues(cluster), "small-node.json": smallNode };
  const written = Object.entries(own).map(async ([name, values]) => {
    await writeFile(join(folder, name), JSON.stringify(values));
    return join(folder, name);
  });
  return [join(chart, "values-production.yaml"), ...(await Promise.all(written))];
}

/** The command of docs/operations.md. */
export function install(namespace: string, files: string[]): string[] {
  const values = files.flatMap((file) => ["--values", file]);
  const wait = ["--atomic", "--wait", "--wait-for-jobs", "--timeout", "12m"];
  return ["upgrade", "--install", release, chart, "--namespace", namespace, ...values, ...wait];
}
