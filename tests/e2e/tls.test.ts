import { appendFile, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout, clearLastRun, instanceAt, makeFolder } from "@sidecart/local/instance";
import { answersQuery, postgresProcess } from "@sidecart/local/parts/postgres";
import { answersPing, redisProcess } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import { temporaryHome } from "@sidecart/local/testing/started-cli";
import { background } from "@sidecart/platform/rpc";
import { stateStore } from "@sidecart/platform/state";
import { temporaryFolder } from "@sidecart/pluggable/testing";
import t, { type Test } from "tap";
import { setUpBroker } from "../../components/setup/test/set-up.ts";
import { authority } from "../support/certificates.ts";
import { program } from "../support/program.ts";
import { scopedComponent } from "../support/scoped-component.ts";
import { startSidecar } from "../support/standing-sidecar.ts";

/** Addresses, and the variables with which Go and Node trust the authority. */
const [here, elsewhere] = ["IP:127.0.0.1", "DNS:elsewhere.test"];
const instance = instanceAt("default", temporaryHome(t));
await makeFolder(instance);
await clearLastRun(instance);
const ours = authority(join(instance.folder, "certificates"));
const trusted = { SSL_CERT_FILE: ours.file };
const resources = join(checkout, "components/resources");
const call = () => background(10_000);

/** A Redis that takes TLS at a second port, with a certificate for this subject. */
async function tlsRedis(t: Test, subject: string) {
  const address = { host: "127.0.0.1", port: await freePort(), username: "", password: "secret" };
  const tlsPort = await freePort();
  const spec = await redisProcess(instance, await findRedisServer((text) => t.comment(text)), address);
  const { certificate, key } = ours.issue(subject);
  const lines = [`tls-port ${tlsPort}`, `tls-cert-file ${certificate}`, `tls-key-file ${key}`, "tls-auth-clients no"];
  await appendFile(spec.args[0] ?? "", `${lines.join("\n")}\n`);
  const server = await startAlone(spec, () => answersPing(address));
  t.teardown(() => server.stop());
  return { host: `127.0.0.1:${tlsPort}`, username: "", password: address.password, enableTLS: "true" };
}

/** A sidecar of orders with the secrets, and these folders of resources. */
async function sidecar(t: Test, secrets: object, folders: string[], env: Record<string, string>) {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "secrets.json"), JSON.stringify(secrets));
  const configurations = [join(resources, "config/secrets/orders.yaml")];
  const all = [join(resources, "secrets/local"), ...folders];
  return startSidecar(t, { appId: "orders", resources: all, configurations, folder, env });
}

/** Writes a value through a new sidecar and reads it. */
async function keep(t: Test, redis: object, component: string, env: Record<string, string>): Promise<string> {
  const { api } = await sidecar(t, { redis }, [component], env);
  const state = stateStore(api, "state");
  await state.put("key", Buffer.from("value"), {}, call());
  return Buffer.from((await state.get("key", call()))?.value ?? []).toString();
}

t.test("state on Redis works over TLS, and only with a certificate that is trusted and for the address", async (t) => {
  const component = await scopedComponent(t, "state/redis", ["orders"]);
  const redis = await tlsRedis(t, here);
  t.equal(await keep(t, redis, component, trusted), "value");
  await t.rejects(keep(t, redis, component, {}), "an authority that is not trusted");
  await t.rejects(keep(t, { ...redis, enableTLS: "false" }, component, trusted), "without TLS");
});

t.test("a certificate for another name is refused", async (t) => {
  const component = await scopedComponent(t, "state/redis", ["orders"]);
  const redis = await tlsRedis(t, elsewhere);
  await t.rejects(keep(t, redis, component, trusted));
});

t.test("the set-up checks Redis over TLS", async (t) => {
  const redis = await tlsRedis(t, here);
  t.match(await setUpBroker(t, "redis", { redis }, [], { NODE_EXTRA_CA_CERTS: ours.file }), { code: 0, error: "" });
  const untrusted = await setUpBroker(t, "redis", { redis }, [], { NODE_EXTRA_CA_CERTS: "" });
  t.match(untrusted, { code: 1, error: /Redis at .* cannot be used: .*certificate/ });
});

/** A PostgreSQL that takes TLS, with its own authority. */
async function tlsPostgres(t: Test) {
  const port = await freePort();
  const own = instanceAt("postgres", temporaryHome(t));
  await makeFolder(own);
  await clearLastRun(own);
  const spec = await postgresProcess(own, port, "secret");
  const theirs = authority(join(own.folder, "certificates"));
  const { certificate, key } = theirs.issue(here, spec);
  const tls = { ssl: "on", ssl_cert_file: certificate, ssl_key_file: key };
  const args = [...spec.args, ...Object.entries(tls).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const admin = `postgres://postgres:secret@127.0.0.1:${port}/postgres`;
  const server = await startAlone({ ...spec, args }, () => answersQuery(admin));
  t.teardown(() => server.stop());
  const resourceFolder = join(own.folder, "resources");
  await mkdir(resourceFolder);
  await copyFile(join(resources, "base/orders-db.yaml"), join(resourceFolder, "orders-db.yaml"));
  return { port, admin, theirs, resourceFolder };
}

t.test("PostgreSQL is reached over TLS by set-up and sidecar; verify-full refuses other certificates", async (t) => {
  const { port, admin, theirs, resourceFolder } = await tlsPostgres(t);
  const words = "password=role user=orders_app database=orders_db sslmode=verify-full pool_max_conns=2";
  const connectionString = `host=127.0.0.1 port=${port} ${words}`;
  const create = (env: Record<string, string>) =>
    program("charts/jobs/src/create-database.ts", [], {
      ADMIN_URL: `${admin}?sslmode=verify-full`,
      DATABASE_URL: `postgres://orders:owner@127.0.0.1:${port}/orders_db?sslmode=verify-full`,
      RUNTIME_CONNECTION: connectionString,
      SIDECART_WAIT_SECONDS: "0",
      ...env,
    });
  t.match(await create({}), { code: 1, output: /certificate/ }, "the set-up trusts no unknown authority");
  t.match(await create({ NODE_EXTRA_CA_CERTS: theirs.file }), { code: 0 });
  const secrets = { "orders-db": { connectionString } };
  const { api } = await sidecar(t, secrets, [resourceFolder], { SSL_CERT_FILE: theirs.file });
  const query = { sql: "select ssl::text from pg_stat_ssl where pid = pg_backend_pid()" };
  const answer = await api.invokeBinding("orders-db", "query", query, new Uint8Array(), call());
  t.equal(Buffer.from(answer).toString(), '[["true"]]', "the connection is encrypted");
  const { api: distrusting } = await sidecar(t, secrets, [resourceFolder], trusted);
  await t.rejects(distrusting.invokeBinding("orders-db", "query", query, new Uint8Array(), call()));
});
