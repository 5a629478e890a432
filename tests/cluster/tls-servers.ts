import { readFile } from "node:fs/promises";
import { type Authority, authority } from "../support/certificates.ts";
import type { Kubectl } from "./kubectl.ts";
import type { Cluster } from "./part.ts";
import { restrictedContainer, restrictedPod } from "./restricted.ts";

/** PostgreSQL and Redis that accept TLS only, and Elasticsearch behind a TLS proxy, with certificates of a test's authority. */
export const tlsServers = ["postgres", "redis", "elasticsearch"] as const;
type Name = (typeof tlsServers)[number];
type Server = {
  user: number;
  port: number;
  /** Folders that the server writes. */
  writes: string[];
  /** Further files of /tls. */
  files?: Record<string, string>;
  containers: ({ name: string } & Record<string, unknown>)[];
};

/** The label that selects the pods of a server. */
export const labelsOf = (name: Name) => ({ "cluster-test": name });
export const elasticsearchPort = 9243;

/** Starts the servers and waits until they are ready. `password` is that of the administrators, `folder` for certificates. */
export async function startTlsServers(
  kubectl: Kubectl,
  cluster: Cluster,
  folder: string,
  password: string,
): Promise<void> {
  const ours = authority(folder);
  const servers: Record<Name, Server> = {
    postgres: postgres(cluster, password),
    redis: redis(cluster, password),
    elasticsearch: elasticsearch(cluster),
  };
  for (const name of tlsServers) await kubectl.apply(...(await objects(name, servers[name], ours)));
  for (const name of tlsServers) await kubectl.run("rollout", "status", `deployment/${name}`, "--timeout=300s");
}

const image = ({ servers }: Cluster, local: string, official: string) => (servers ? `${servers}/${local}` : official);

/** `hostssl` is the only rule for TCP, so the server refuses plaintext. */
const hostRules = "local all all trust\nhostssl all all all scram-sha-256\n";

function postgres(cluster: Cluster, password: string): Server {
  const settings = {
    // At least postgres.maxConnections of values-production.yaml.
    max_connections: "210",
    ssl: "on",
    ssl_cert_file: "/tls/tls.crt",
    ssl_key_file: "/tls/tls.key",
    hba_file: "/tls/pg_hba.conf",
  };
  const env = { POSTGRES_USER: "admin", POSTGRES_DB: "postgres", POSTGRES_PASSWORD: password };
  return {
    user: cluster.servers ? 999 : 70,
    port: 5432,
    writes: ["/var/lib/postgresql/data", "/var/run/postgresql", "/tmp"],
    files: { "pg_hba.conf": hostRules },
    containers: [
      {
        name: "postgres",
        image: image(cluster, "postgres:15", "postgres:17-alpine"),
        args: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
        env: variables({ ...env, PGDATA: "/var/lib/postgresql/data/pgdata" }),
        readinessProbe: {
          exec: { command: ["pg_isready", "-h", "127.0.0.1", "-U", "admin"] },
          periodSeconds: 2,
          timeoutSeconds: 10,
        },
      },
    ],
  };
}

function redis(cluster: Cluster, password: string): Server {
  const tls = ["--port", "0", "--tls-port", "6379", "--tls-auth-clients", "no", "--tls-ca-cert-file", "/tls/ca.crt"];
  const certificate = ["--tls-cert-file", "/tls/tls.crt", "--tls-key-file", "/tls/tls.key"];
  const kept = ["--dir", "/data", "--appendonly", "yes", "--maxmemory-policy", "noeviction"];
  return {
    user: 999,
    port: 6379,
    writes: ["/data"],
    containers: [
      {
        name: "redis",
        image: image(cluster, "redis:7", "redis:7-alpine"),
        command: ["redis-server", ...tls, ...certificate, ...kept, "--requirepass", password],
        readinessProbe: { tcpSocket: { port: 6379 }, periodSeconds: 2, timeoutSeconds: 10 },
      },
    ],
  };
}

/** Options of redis-cli in the pod of Redis. */
export const redisOptions = (password: string) =>
  `--tls --cacert /tls/ca.crt -h localhost --no-auth-warning -a ${password}`;

/** Accepts TLS and passes the bytes on to Elasticsearch. The image of the tests has no TLS of its own. */
const tlsProxy = `
  import { readFileSync } from "node:fs";
  import { connect } from "node:net";
  import { pipeline } from "node:stream";
  import { createServer } from "node:tls";
  const [key, cert] = ["key", "crt"].map((ending) => readFileSync("/tls/tls." + ending));
  createServer({ key, cert }, (client) => {
    const server = connect(9200, "127.0.0.1");
    pipeline(client, server, client, () => {});
  }).on("tlsClientError", () => {}).listen(${elasticsearchPort});
  process.on("SIGTERM", () => process.exit());`;

function elasticsearch(cluster: Cluster): Server {
  const alone = { "discovery.type": "single-node", "xpack.security.enabled": "false" };
  return {
    user: cluster.servers ? 999 : 1000,
    port: elasticsearchPort,
    writes: ["/usr/share/elasticsearch/data", "/tmp"],
    containers: [
      {
        name: "elasticsearch",
        image: image(cluster, "elasticsearch:dev", "docker.elastic.co/elasticsearch/elasticsearch:9.2.1"),
        env: variables({ ...alone, ES_JAVA_OPTS: "-Xms384m -Xmx384m" }),
        securityContext: { ...restrictedContainer, readOnlyRootFilesystem: false },
        readinessProbe: {
          exec: { command: ["bash", "-c", "echo > /dev/tcp/127.0.0.1/9200"] },
          periodSeconds: 3,
          timeoutSeconds: 10,
        },
      },
      {
        name: "tls",
        image: cluster.image("jobs"),
        command: ["node", "--input-type=module", "--eval", tlsProxy],
        readinessProbe: { tcpSocket: { port: elasticsearchPort }, periodSeconds: 2, timeoutSeconds: 10 },
      },
    ],
  };
}

const variables = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

/** The Secret with the server's certificate, its Service and its Deployment. */
async function objects(
  name: Name,
  { user, port, writes, files, containers }: Server,
  ours: Authority,
): Promise<object[]> {
  const { certificate, key } = ours.issue(`DNS:${name},DNS:localhost`);
  const [crt, secretKey, ca] = await Promise.all([certificate, key, ours.file].map((file) => readFile(file, "utf8")));
  const stringData = { "tls.crt": crt, "tls.key": secretKey, "ca.crt": ca, ...files };
  const labels = labelsOf(name);
  const metadata = { name, labels };
  const volumeMounts = [
    { name: "tls", mountPath: "/tls", readOnly: true },
    ...writes.map((mountPath) => ({ name: "data", mountPath, subPath: mountPath.slice(1).replaceAll("/", "-") })),
  ];
  const shared = { imagePullPolicy: "IfNotPresent", securityContext: restrictedContainer, volumeMounts };
  const spec = {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(user),
    containers: containers.map((container) => ({ ...shared, ...container })),
    volumes: [
      { name: "tls", secret: { secretName: `${name}-tls`, defaultMode: 0o440 } },
      { name: "data", emptyDir: {} },
    ],
  };
  return [
    { apiVersion: "v1", kind: "Secret", metadata: { name: `${name}-tls`, labels }, stringData },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port }] } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}
