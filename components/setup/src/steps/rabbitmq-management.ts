import type { Component } from "../component.ts";
import { Problem, reasonOf } from "../problem.ts";
import { connectWithinMs } from "../server.ts";

/** RabbitMQ's management API, in the virtual host of the component. */
export type Management = {
  /** Limits the queues whose name matches the pattern. */
  setPolicy(name: string, pattern: string, limits: Record<string, number>): Promise<void>;
};

/**
 * Its address is `managementUrl` of the component's secret, by default port 15672 of the broker's host (15671 with TLS).
 * It uses the broker's credentials unless the address contains others.
 */
export async function openManagement(component: Component): Promise<Management> {
  const broker = new URL(component.required("connectionString"));
  const given = await component.siblingSecret("connectionString", "managementUrl");
  const defaultUrl =
    broker.protocol === "amqps:" ? `https://${broker.hostname}:15671` : `http://${broker.hostname}:15672`;
  const url = new URL(given || defaultUrl);
  const { username, password } = url.username ? url : broker;
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const headers = { authorization: `Basic ${basic}`, "content-type": "application/json" };
  // An address without a path means the vhost "/".
  const vhost = broker.pathname.length > 1 ? broker.pathname.slice(1) : encodeURIComponent("/");
  return {
    async setPolicy(name, pattern, limits) {
      const body = JSON.stringify({ pattern, definition: limits, "apply-to": "queues", priority: 10 });
      const at = `${url.origin}/api/policies/${vhost}/${name}`;
      const problem = await put(at, headers, body);
      if (problem === undefined) return;
      const fix =
        "enable the plugin rabbitmq_management, set managementUrl in the secret to its address, and give the \
user the tag policymaker";
      throw new Problem(component.name, `RabbitMQ's management API at ${url.host} cannot be used: ${problem}`, fix);
    },
  };
}

/** Returns the problem, or undefined after a success. */
async function put(address: string, headers: Record<string, string>, body: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(connectWithinMs);
    const response = await fetch(address, { method: "PUT", headers, body, signal });
    return response.ok ? undefined : `${response.status} ${(await response.text()).slice(0, 200)}`;
  } catch (error) {
    return reasonOf(error);
  }
}
