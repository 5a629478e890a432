import { inside } from "../inside.ts";
import type { Part } from "../part.ts";

type Certificate = { name: string; demanded: string };

export const security: Part = {
  name: "security",
  what: "Sidecars use mTLS and access policies; app containers have no Kubernetes token",
  async run({ namespace, kubectl }, { expect, note }) {
    const [accounts] = await kubectl.pods("accounts");
    const { name, demanded } = await inside<Certificate>(kubectl, "orders", stranger(accounts?.status.podIP));
    expect(
      "the certificate of accounts' sidecar contains its identity",
      name.includes(`URI:spiffe://public/ns/${namespace}/accounts`),
      name,
    );
    expect("it rejects a client without a certificate", /certificate|closed|reset/i.test(demanded), demanded);
    note(`${name}; error for a client without a certificate: ${demanded}`);

    const answers = await inside<Record<string, string>>(kubectl, "orders", calls);
    expect("orders may call GetJwks of accounts", answers.getJwks === "OK", answers);
    expect("orders may not call GetAccounts", answers.getAccounts === "PERMISSION_DENIED", answers);
    expect("orders may not call Register", answers.register === "PERMISSION_DENIED", answers);
    const gateway = await inside<Record<string, string>>(kubectl, "gateway", forGateway);
    expect("the gateway may not call the reservations of catalog", gateway.reserve === "PERMISSION_DENIED", gateway);

    const pods = await kubectl.get("pods", "-l", "app.kubernetes.io/component=service");
    const apps = pods.map(({ spec, metadata }) => [metadata.labels?.["app.kubernetes.io/name"], spec] as const);
    const mounted = apps.filter(([app, spec]) => mounts(container(spec.containers, app)));
    expect(
      "no app container mounts a Kubernetes token",
      mounted.length === 0,
      mounted.map(([app]) => app),
    );
    const sidecars = apps.every(([, spec]) => mounts(container(spec.initContainers, "daprd")));
    expect("their sidecars mount one, to read their Secrets", sidecars);
    const found = await inside<string>(kubectl, "orders", folder);
    expect("the token folder does not exist in an app container", found === "ENOENT", found);
  },
};

type Container = { name: string; volumeMounts?: { mountPath: string }[] };
const container = (all: Container[], name: string | undefined) => all.find((one) => one.name === name);
const mounts = (one: Container | undefined) =>
  one?.volumeMounts?.some(({ mountPath }) => mountPath.startsWith("/var/run/secrets/kubernetes.io")) ?? false;

/** Connects to a sidecar without a certificate; prints the sidecar's certificate name and its error. */
const stranger = (host: string) => `
  import { connect } from "node:tls";
  const socket = connect({ host: "${host}", port: 50002, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
  let name = "";
  const demanded = await new Promise((resolve) => socket
    .on("secureConnect", () => { name = socket.getPeerCertificate().subjectaltname ?? ""; })
    .on("error", (error) => resolve(error.message)).on("close", () => resolve("closed")).on("data", () => {})
    .setTimeout(5000, () => resolve("nothing")));
  console.log(JSON.stringify({ name, demanded })); process.exit(0);`;

const connected = `
  import { connectSidecar } from "@sidecart/platform/rpc";
  import { background } from "@sidecart/platform/rpc";
  import { AccountsService } from "@sidecart/proto/accounts/v1/accounts";
  import { ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
  import { status } from "@grpc/grpc-js";
  const sidecar = connectSidecar({ port: 50001, apiToken: process.env.DAPR_API_TOKEN });
  const code = (call) => call.then(() => "OK", (error) => status[error.code] ?? String(error));`;

const calls = `${connected}
  const accounts = sidecar.service(AccountsService, "accounts");
  console.log(JSON.stringify({
    getJwks: await code(accounts.getJwks({}, background(5000))),
    getAccounts: await code(accounts.getAccounts({ ids: [] }, background(5000))),
    register: await code(accounts.register({}, background(5000))),
  })); process.exit(0);`;

const forGateway = `${connected}
  const reservations = sidecar.service(ReservationsService, "catalog");
  const [method] = Object.keys(reservations);
  console.log(JSON.stringify({ reserve: await code(reservations[method]({}, background(5000))) })); process.exit(0);`;

const folder = `
  import { readdir } from "node:fs/promises";
  const found = await readdir("/var/run/secrets/kubernetes.io/serviceaccount").catch((error) => error.code);
  console.log(JSON.stringify(found));`;
