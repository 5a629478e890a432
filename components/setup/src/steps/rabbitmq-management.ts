import type { Component } from "../component.ts";
import { Problem, reasonOf } from "../problem.ts";
import { connectWithinMs } from "../server.ts";

/** RabbitMQ's HTTP API, in the virtual host of the component. */
export type Management = {
  /** Gives the queues whose name fits the pattern these limits. */
  policy(name: string, pattern: string, limits: Record<string, number>): Promise<void>;
};

/**
 * At `managementUrl` of the component's secret, else at the usual port of the broker's host: 15672, or 15671 where the
 * broker is spoken to by TLS. With the broker's log-in, unless the address has its own.
 */
export async function openManagement(component: Component): Promise<Management> {
  const broker = new URL(component.required("connectionString"));
  const given = await component.besides("connectionString", "managementUrl");
  const usual = broker.protocol === "amqps:" ? `https://${broker.hostname}:15671` : `http://${broker.hostname}:15672`;
  const url = new URL(given || usual);
  const { username, password } = url.username ? url : broker;
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const headers = { authorization: `Basic ${basic}`, "content-type": "application/json" };
  // no path: the vhost "/"; a path: its name, which may be empty only in theory
  const vhost = broker.pathname.length > 1 ? broker.pathname.slice(1) : encodeURIComponent("/");
  return {
    async policy(name, pattern, limits) {
      const body = JSON.stringify({ pattern, definition: limits, "apply-to": "queues", priority: 10 });
      const at = `${url.origin}/api/policies/${vhost}/${name}`;
      const trouble = await put(at, headers, body);
      if (trouble === undefined) return;
      const fix =
        "enable the plugin rabbitmq_management, put its address into managementUrl of the secret, and give the \
user the tag policymaker";
      throw new Problem(component.name, `RabbitMQ's management API at ${url.host} cannot be used: ${trouble}`, fix);
    },
  };
}

/** What is wrong, if anything. */
async function put(address: string, headers: Record<string, string>, body: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(connectWithinMs);
    const answer = await fetch(address, { method: "PUT", headers, body, signal });
    return answer.ok ? undefined : `${answer.status} ${(await answer.text()).slice(0, 200)}`;
  } catch (error) {
    return reasonOf(error);
  }
}
