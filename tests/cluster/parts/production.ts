import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, type Kubectl, kubectl as kubectlIn, type Thing } from "../kubectl.ts";
import { deleteNamespace, emptyNamespace } from "../namespace.ts";
import type { Part, Report } from "../part.ts";
import { install, makeSecrets, valuesFiles } from "../production-release.ts";
import { redisOptions, startTlsServers } from "../tls-servers.ts";
import { walk } from "./journeys.ts";

export const production: Part = {
  name: "production",
  what: "The release with values-production.yaml works with TLS to PostgreSQL, Redis and Elasticsearch, as docs/operations.md says",
  async run(cluster, report) {
    const namespace = `${cluster.namespace}-production`;
    const kubectl = kubectlIn(namespace);
    const folder = await mkdtemp(join(tmpdir(), "sidecart-production-"));
    const password = randomBytes(24).toString("hex");
    await emptyNamespace(namespace);
    try {
      await startTlsServers(kubectl, cluster, folder, password);
      await refusePlaintext(kubectl, report, password);
      await makeSecrets(kubectl, folder, password);
      const files = await valuesFiles(cluster, folder);
      await refuseSecrets(kubectl, report, files);
      const started = performance.now();
      await command("helm", install(namespace, files), undefined, 13 * 60_000);
      report.note(
        `from helm upgrade --install to all pods ready: ${Math.round((performance.now() - started) / 1_000)} s`,
      );
      await expectReady(kubectl, report);
      await walk({ ...cluster, namespace, kubectl }, report);
      await expectEncrypted(kubectl, report, password);
    } finally {
      await deleteNamespace(namespace);
      await rm(folder, { recursive: true });
    }
  },
};

/** A Secret, its key, and how its connection becomes plaintext or unverified. */
const plaintext: [name: string, key: string, from: string, to: string][] = [
  ["orders-db", "connectionString", "verify-full", "disable"],
  ["orders-db-owner", "url", "verify-full", "require"],
  ["postgres-admin", "url", "?sslmode=verify-full", ""],
  ["rate-limits", "url", "rediss:", "redis:"],
  ["redis", "enableTLS", "true", "false"],
  ["search", "url", "https:", "http:"],
];

async function refuseSecrets({ namespace, run, secret }: Kubectl, { expect }: Report, files: string[]): Promise<void> {
  const put = (name: string, key: string, value: string) =>
    run("patch", "secret", name, "--patch", JSON.stringify({ stringData: { [key]: value } }));
  for (const [name, key, from, to] of plaintext) {
    const { [key]: good = "" } = await secret(name);
    await put(name, key, good.replace(from, to));
    const said = await command("helm", install(namespace, files)).then(
      () => "accepted",
      (error: Error) => error.message,
    );
    const named = said.match(/^ {2}\S+: .* must .*$/gm) ?? [];
    expect(
      `the chart refuses ${name} whose ${key} has ${to || "nothing"} instead of ${from}, and only this Secret`,
      said.includes("tls.required") && named.length === 1 && named[0]?.includes(`${name}: ${key} must`) === true,
      said,
    );
    await put(name, key, good);
  }
  const left = await run("get", "all,secrets,configmaps", "-l", "app.kubernetes.io/instance=sidecart", "-o", "name");
  const releases = await command("helm", ["list", "--all", "--namespace", namespace, "--short"]);
  expect("these refusals leave no object and no release", left.trim() + releases.trim() === "", left + releases);
}

const psqlIn = ({ run }: Kubectl, words: string, statement: string) =>
  run(
    "exec",
    "deployment/postgres",
    "--",
    "psql",
    `host=localhost user=admin dbname=postgres ${words}`,
    "-Atc",
    statement,
  );
const redisIn = ({ run }: Kubectl, options: string) =>
  run("exec", "deployment/redis", "--", "sh", "-c", `redis-cli ${options}`);
const errorOf = (call: Promise<string>) => call.catch((error: Error) => error.message);

/** The servers refuse plaintext, and accept the same request over TLS. */
async function refusePlaintext(kubectl: Kubectl, { expect }: Report, password: string): Promise<void> {
  const query = (ssl: string) => errorOf(psqlIn(kubectl, `password=${password} ${ssl}`, "select 'welcome'"));
  const plain = await query("sslmode=disable");
  expect("PostgreSQL refuses a plaintext connection", plain.includes("no encryption"), plain);
  const encrypted = await query("sslmode=verify-full sslrootcert=/tls/ca.crt");
  expect("it accepts the same log-in over TLS", encrypted.trim() === "welcome", encrypted);
  const said = await errorOf(redisIn(kubectl, `-h localhost --no-auth-warning -a ${password} ping 2>&1 || true`));
  expect("Redis refuses a plaintext connection", /reset by peer|closed the connection/.test(said), said);
  const pong = await errorOf(redisIn(kubectl, `${redisOptions(password)} ping`));
  expect("it accepts the same command over TLS", pong.trim() === "PONG", pong);
}

async function expectReady(kubectl: Kubectl, { expect }: Report): Promise<void> {
  const pods = await kubectl.get("pods", "-l", "app.kubernetes.io/component=service");
  const ready = pods.filter(({ status }) =>
    status.conditions.some((one: Thing) => one.type === "Ready" && one.status === "True"),
  );
  const apps = Object.groupBy(ready, ({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] ?? "");
  const counts = Object.entries(apps).map(([app, those = []]) => `${app} ${those.length}`);
  expect(
    "two pods of every service are ready",
    counts.length >= 4 && counts.every((one) => one.endsWith(" 2")),
    counts,
  );
}

/** The servers' own view of the release's connections. */
async function expectEncrypted(kubectl: Kubectl, { expect, note }: Report, password: string): Promise<void> {
  const rows = await psqlIn(
    kubectl,
    `password=${password} sslmode=verify-full sslrootcert=/tls/ca.crt`,
    `select usename, count(*), count(*) filter (where ssl), min(version) from pg_stat_ssl join pg_stat_activity using (pid)
     where usename like 'sidecart%' group by usename order by usename`,
  );
  const roles = rows
    .trim()
    .split("\n")
    .map((row) => row.split("|"));
  const encrypted = roles.every(([, all, ssl]) => all === ssl && Number(all) > 0);
  expect("pg_stat_ssl: every connection of the services is encrypted", encrypted && roles.length === 3, rows);
  for (const [role, all, , version] of roles) note(`${role}: ${all} connections, ${version}`);
  const keys = (pattern: string, type: string) =>
    redisIn(kubectl, `${redisOptions(password)} scan 0 match '${pattern}' count 10000 type ${type}`);
  const counted = await keys("sidecart:rate:*", "string");
  expect("the gateway has counted requests in Redis", counted.includes("sidecart:rate:"), counted);
  const streams = await keys("orders.*", "stream");
  expect("orders' sidecar has published events to Redis", streams.includes("orders.order-placed.v1"), streams);
}
