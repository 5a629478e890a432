import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { services } from "../../services/index.ts";
import { root } from "../check/tool.ts";
import { podsOf } from "./pods.ts";
import { chart, ci, type Manifest, ofKind, render, valuesFiles, valuesName } from "./render.ts";

type Selector = { matchLabels?: Record<string, string> };
type Peer = { podSelector?: Selector; namespaceSelector?: Selector; ipBlock?: { cidr: string } };
type Rule = { from?: Peer[]; to?: Peer[]; ports: { port: number }[] };

const nameLabel = "app.kubernetes.io/name";
const inRelease = (peer: Peer) => (peer.namespaceSelector ? undefined : peer.podSelector?.matchLabels?.[nameLabel]);
const policies = (manifests: Manifest[]) => ofKind(manifests, "NetworkPolicy");

/** Connections inside the release, `caller > callee:port`, that one side's policies allow. */
function edges(manifests: Manifest[], side: "ingress" | "egress"): string[] {
  const found = policies(manifests).flatMap((policy) => {
    const self = policy.spec.podSelector.matchLabels[nameLabel];
    return ((policy.spec[side] ?? []) as Rule[]).flatMap((rule) =>
      (rule.from ?? rule.to ?? []).flatMap((peer) => {
        const other = inRelease(peer);
        const [from, to] = side === "ingress" ? [other, self] : [self, other];
        return other === undefined ? [] : rule.ports.map(({ port }) => `${from} > ${to}:${port}`);
      }),
    );
  });
  return [...new Set(found)].sort();
}

/** The allowed calls in components/resources/config/access. */
async function accessEdges(): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob("components/resources/config/access/*.yaml", { cwd: root })) {
    const callee = file.match(/([^/]+)\.yaml$/)?.[1];
    const { spec } = parse(await readFile(join(root, file), "utf8"));
    for (const { appId } of spec.accessControl.policies ?? []) found.push(`${appId} > ${callee}:50002`);
  }
  return found.sort();
}

for (const file of valuesFiles) {
  t.test(
    `in ${valuesName(file)} sidecars reach along the access policies, every edge of them and nothing more`,
    async (t) => {
      const manifests = await render([file]);
      const wanted = await accessEdges();
      for (const side of ["ingress", "egress"] as const) {
        const between = edges(manifests, side).filter((edge) => edge.endsWith(":50002"));
        t.same(between, wanted, side);
      }
    },
  );

  t.test(`in ${valuesName(file)} the default policy and a policy of its own apply to every pod`, async (t) => {
    const manifests = await render([file]);
    const [everything] = policies(manifests).filter(({ metadata }) => metadata.name === "sidecart-default-deny");
    t.same(everything?.spec.policyTypes, ["Ingress", "Egress"]);
    t.notOk(everything?.spec.ingress || everything?.spec.egress);
    const own = new Set(policies(manifests).map((one) => one.spec.podSelector.matchLabels[nameLabel]));
    for (const pod of podsOf(manifests)) {
      t.match(pod.labels, everything?.spec.podSelector.matchLabels, pod.owner);
      t.ok(own.has(pod.labels[nameLabel]), pod.owner);
    }
    for (const { metadata, spec } of policies(manifests))
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])] as Rule[])
        t.ok(rule.ports?.length, `${metadata.name}: no rule is for all ports`);
  });
}

t.test("only pods whose sidecars have a server's Secret, and the set-up, can reach the server", async (t) => {
  const manifests = await render([ci("rabbitmq")], ["search=elasticsearch", "state=postgresql"]);
  const servers = /(postgres|redis|rabbitmq|elasticsearch):\d+$/;
  const uses = services.flatMap(({ name, database, search, secrets = [] }) => [
    ...(database ? [`${name} > postgres:5432`] : []),
    ...(database || name === "gateway" ? [`${name} > rabbitmq:5672`] : []),
    ...(search ? [`${name} > elasticsearch:9200`] : []),
    ...(secrets.includes("rate-limits") ? [`${name} > redis:6379`] : []),
  ]);
  const wanted = [...uses, "set-up > postgres:5432", "set-up > rabbitmq:15672", "set-up > rabbitmq:5672"].sort();
  t.same(
    edges(manifests, "egress").filter((edge) => servers.test(edge)),
    wanted,
  );
  const heard = edges(manifests, "ingress").filter((edge) => servers.test(edge));
  t.same(
    wanted.filter((edge) => !heard.includes(edge)),
    [],
    "the servers' own policies let them in",
  );
});

t.test("an external server can be reached at its addresses, by the pods that need it", async (t) => {
  const manifests = await render([ci("locked-down")]);
  const reaches = (name: string) => {
    const policy = policies(manifests).find(({ metadata }) => metadata.name === name);
    return ((policy?.spec.egress ?? []) as Rule[])
      .filter(({ to }) => to?.some(({ ipBlock }) => ipBlock))
      .flatMap(({ ports }) => ports.map(({ port }) => port));
  };
  t.same(reaches("gateway"), [6443, 9092, 9093, 9094, 6379, 6380]);
  t.same(reaches("orders"), [6443, 9092, 9093, 9094, 5432]);
  t.same(reaches("catalog"), [6443, 5432, 9092, 9093, 9094, 443, 9000, 9200, 9243]);
  t.same(reaches("test"), []);
  const orders = policies(manifests).find(({ metadata }) => metadata.name === "orders");
  const api = (orders?.spec.egress as Rule[] | undefined)?.find(({ ports }) => ports[0]?.port === 6443);
  t.same(api?.to, [{ ipBlock: { cidr: "10.1.2.3/32" } }]);
});

t.test("in production no pod may connect to a whole private network", async (t) => {
  const wide = /"cidr":"(10\.0\.0\.0\/8|172\.16\.0\.0\/12|192\.168\.0\.0\/16|0\.0\.0\.0\/0)"/;
  for (const file of [join(chart, "values-production.yaml"), ci("locked-down")]) {
    for (const one of policies(await render([file]))) t.notMatch(JSON.stringify(one), wide, one.metadata.name);
  }
  t.match(JSON.stringify(policies(await render([ci("jetstream")]))), wide, "in development it may");
});

t.test("clients and `helm test` can connect from ingressFrom; without it, from anywhere", async (t) => {
  const people = async (file: string) => {
    const policy = policies(await render([ci(file)])).find(({ metadata }) => metadata.name === "gateway");
    return ((policy?.spec.ingress ?? []) as Rule[]).find(({ ports }) => ports[0]?.port === 8080);
  };
  t.match(await people("ingress"), {
    from: [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } } },
      { podSelector: { matchLabels: { [nameLabel]: "test" } } },
    ],
  });
  t.notOk((await people("redis"))?.from);
});

t.test("KEDA can reach the broker and no other server", async (t) => {
  const heard = async (files: string[], sets: string[]) =>
    policies(await render(files, sets)).flatMap(({ metadata, spec }) =>
      ((spec.ingress ?? []) as Rule[])
        .filter(({ from }) =>
          from?.some(({ namespaceSelector }) => namespaceSelector?.matchLabels?.[space] === "scaler"),
        )
        .map(({ ports }) => `${metadata.name}:${ports.map(({ port }) => port)}`),
    );
  const space = "kubernetes.io/metadata.name";
  t.same(await heard([ci("keda")], ["keda.namespace=scaler"]), ["rabbitmq:5672"]);
  const one = ["keda.namespace=scaler", "services.orders.keda.enabled=true"];
  t.same(await heard([ci("redis")], one), ["redis:6379"]);
  t.same(await heard([ci("redis")], one.slice(0, 1)), []);
});

t.test("Prometheus, and probes if the network plugin needs it, can reach only the metrics ports", async (t) => {
  const manifests = await render([ci("ingress")]);
  for (const { metadata, spec } of policies(manifests)) {
    for (const rule of (spec.ingress ?? []) as Rule[]) {
      if (rule.from?.some(({ ipBlock }) => ipBlock))
        t.match(rule.ports.map(({ port }) => port).join(), /^(9464,3501|5432|6379)$/, metadata.name);
      if (
        rule.from?.some(
          ({ namespaceSelector }) => namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] === "monitoring",
        )
      )
        t.same(
          rule.ports.map(({ port }) => port),
          [9464, 9090],
          metadata.name,
        );
    }
  }
});
