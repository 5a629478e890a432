import { bystander, startBystander, stopBystander } from "../bystander.ts";
import { reach } from "../inside.ts";
import type { Part } from "../part.ts";

const allowed = [
  ["gateway", "redis", 6379, "for rate limits"],
  ["gateway", "kube-dns.kube-system.svc.cluster.local", 53, "names"],
  ["catalog", "redis", 6379, "the broker"],
] as const;
/** Each with somebody who gets there: it listens, and only a policy stands between. */
const forbidden = [
  ["gateway", "postgres", 5432, "it has no database", "orders"],
  ["accounts", "gateway", 80, "nobody calls it from inside", bystander],
  ["orders", "dapr-sentry.dapr-system.svc.cluster.local", 9090, "metrics of Dapr are not ours", bystander],
] as const;

export const network: Part = {
  name: "network",
  what: "Pods reach what they need and nothing else",
  async run({ kubectl, image }, { expect }) {
    const [everybody] = await kubectl.get("networkpolicies", "sidecart-default-deny");
    const { ingress, egress, policyTypes } = everybody?.spec ?? {};
    expect("by default everything is denied", !ingress && !egress && policyTypes.length === 2, everybody?.spec);
    await startBystander(kubectl, image("jobs"));
    for (const [app, host, port, why] of allowed) {
      const said = await reach(kubectl, app, host, port);
      expect(`${app} reaches ${host}:${port}: ${why}`, said === "connected", said);
    }
    for (const [app, host, port, why, other] of forbidden) {
      const saidToOther = await reach(kubectl, other, host, port);
      const said = await reach(kubectl, app, host, port);
      const denied = said === "timeout" && saidToOther === "connected";
      expect(`${app} does not reach ${host}:${port}, but ${other} does: ${why}`, denied, { said, saidToOther });
    }
    const [orders] = await kubectl.pods("orders");
    const [accounts] = await kubectl.pods("accounts");
    const sidecar = await reach(kubectl, "gateway", orders?.status.podIP, 50002);
    expect("the gateway reaches the sidecar of orders", sidecar === "connected", sidecar);
    const upwards = await reach(kubectl, "accounts", orders?.status.podIP, 50002);
    expect("accounts does not: it calls nobody", upwards === "timeout", upwards);
    const metrics = await reach(kubectl, "orders", accounts?.status.podIP, 9464);
    expect("nor does orders reach the metrics of accounts", metrics === "timeout", metrics);
    await stopBystander(kubectl);
  },
};
