import { reach } from "../inside.ts";
import type { Part } from "../part.ts";

const allowed = [
  ["gateway", "redis", 6379, "for rate limits"],
  ["gateway", "kube-dns.kube-system.svc.cluster.local", 53, "names"],
  ["catalog", "redis", 6379, "the broker"],
] as const;
const forbidden = [
  ["gateway", "postgres", 5432, "it has no database"],
  ["accounts", "gateway", 80, "nobody calls it from inside"],
  ["orders", "dapr-sentry.dapr-system.svc.cluster.local", 9090, "metrics of Dapr are not ours"],
  ["catalog", "192.0.2.1", 443, "the world outside"],
] as const;

export const network: Part = {
  name: "network",
  what: "Pods reach what they need and nothing else",
  async run({ kubectl }, { expect }) {
    const policies = await kubectl.get("networkpolicies");
    expect(
      "by default everything is denied",
      policies.some(({ spec }) => !spec.ingress && spec.policyTypes.length === 2),
    );
    for (const [app, host, port, why] of allowed) {
      const said = await reach(kubectl, app, host, port);
      expect(`${app} reaches ${host}:${port}: ${why}`, said === "connected", said);
    }
    for (const [app, host, port, why] of forbidden) {
      const said = await reach(kubectl, app, host, port);
      expect(`${app} does not reach ${host}:${port}: ${why}`, said !== "connected" && said !== "ENOTFOUND", said);
    }
    const [orders] = await kubectl.get(
      "pods",
      "-l",
      "app.kubernetes.io/name=orders",
      "--field-selector=status.phase=Running",
    );
    const [accounts] = await kubectl.get(
      "pods",
      "-l",
      "app.kubernetes.io/name=accounts",
      "--field-selector=status.phase=Running",
    );
    const sidecar = await reach(kubectl, "gateway", orders?.status.podIP, 50002);
    expect("the gateway reaches the sidecar of orders", sidecar === "connected", sidecar);
    const upwards = await reach(kubectl, "accounts", orders?.status.podIP, 50002);
    expect("accounts does not: it calls nobody", upwards !== "connected", upwards);
    const metrics = await reach(kubectl, "orders", accounts?.status.podIP, 9464);
    expect("nor does orders reach the metrics of accounts", metrics !== "connected", metrics);
  },
};
