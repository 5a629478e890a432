import { bystander, startBystander, stopBystander } from "../bystander.ts";
import { reach } from "../inside.ts";
import type { Part } from "../part.ts";

const allowed = [
  ["gateway", "redis", 6379, "for rate limits"],
  ["gateway", "kube-dns.kube-system.svc.cluster.local", 53, "DNS"],
  ["catalog", "redis", 6379, "the broker"],
] as const;
/** Each with a pod that may connect, which shows that the port listens and only a policy denies the connection. */
const forbidden = [
  ["gateway", "postgres", 5432, "it has no database", "orders"],
  ["accounts", "gateway", 80, "no service calls it", bystander],
  ["orders", "dapr-sentry.dapr-system.svc.cluster.local", 9090, "Dapr's metrics are not for services", bystander],
] as const;

export const network: Part = {
  name: "network",
  what: "Pods can only connect to what they need",
  async run({ kubectl, image }, { expect }) {
    const [everybody] = await kubectl.get("networkpolicies", "sidecart-default-deny");
    const { ingress, egress, policyTypes } = everybody?.spec ?? {};
    expect("the default policy denies everything", !ingress && !egress && policyTypes.length === 2, everybody?.spec);
    await startBystander(kubectl, image("jobs"));
    for (const [app, host, port, why] of allowed) {
      const result = await reach(kubectl, app, host, port);
      expect(`${app} can connect to ${host}:${port}: ${why}`, result === "connected", result);
    }
    for (const [app, host, port, why, other] of forbidden) {
      const resultOfOther = await reach(kubectl, other, host, port);
      const result = await reach(kubectl, app, host, port);
      const denied = result === "timeout" && resultOfOther === "connected";
      expect(`${app} cannot connect to ${host}:${port}, but ${other} can: ${why}`, denied, { result, resultOfOther });
    }
    const [orders] = await kubectl.pods("orders");
    const [accounts] = await kubectl.pods("accounts");
    const sidecar = await reach(kubectl, "gateway", orders?.status.podIP, 50002);
    expect("the gateway can connect to the sidecar of orders", sidecar === "connected", sidecar);
    const upwards = await reach(kubectl, "accounts", orders?.status.podIP, 50002);
    expect("accounts cannot, because it calls no service", upwards === "timeout", upwards);
    const metrics = await reach(kubectl, "orders", accounts?.status.podIP, 9464);
    expect("orders cannot connect to the metrics of accounts", metrics === "timeout", metrics);
    await stopBystander(kubectl);
  },
};
