import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import { secretOf } from "../secret.ts";
import type { Behind } from "../servers.ts";

const run = promisify(execFile);
const policy = "/api/policies/%2F/portability";
const most = 10;

/** RabbitMQ. */
export async function rabbitmq(_t: Test, system: Launched): Promise<Behind> {
  const http = management(secretOf(system, "rabbitmq", "managementUrl"));
  const backlog = backlogOf(system);
  return {
    version: async () => String((await http("GET", "/api/overview")).rabbitmq_version),
    backlog,
    /** It has no limit that an event of ours could break; what it does refuse is more than a queue may hold. */
    async refuse(probes, topic) {
      const readers = ["catalog-dapr", "catalog-2-dapr"];
      const queue = `catalog-${topic}`;
      await Promise.all(readers.map((name) => system.kill(name)));
      const limit = async (length: number) => {
        const definition = { "max-length": length, overflow: "reject-publish" };
        await http("PUT", policy, { pattern: `^${queue}$`, definition, "apply-to": "queues", priority: 100 });
        await eventually("the limit to be set", async () => {
          const { effective_policy_definition: now } = await http("GET", `/api/queues/%2F/${queue}`);
          return (now as typeof definition | undefined)?.["max-length"] === length;
        });
      };
      await limit(most);
      return {
        tells: Array.from({ length: 30 }, (_, at) => ({ key: `key-${at}` })),
        // Publishers are told only by what is read that there is room again, and never when the limit goes away.
        async end() {
          await probes.revive();
          await eventually("the queue to be read", async () => (await backlog()) === 0, 60_000);
          await limit(most * 1_000_000);
        },
      };
    },
  };
}

/**
 * Of every queue of a service, what waits or is not acknowledged. The queues are asked: the HTTP API knows them as of up
 * to 5 s ago.
 */
function backlogOf({ processes }: Launched): () => Promise<number> {
  const server = processes.get("rabbitmq");
  if (!server) throw new Error("no RabbitMQ of ours");
  const { command, env } = server.spec;
  const control = join(dirname(command), "rabbitmqctl");
  return async () => {
    const args = ["--node", env.RABBITMQ_NODENAME ?? "", "--silent", "--no-table-headers", "list_queues"];
    const { stdout } = await run(control, [...args, "name", "messages"], { env });
    const queues = stdout.split("\n").map((line) => line.split("\t"));
    const ours = queues.filter(([name = ""]) => !name.startsWith("broadcast-"));
    return ours.reduce((sum, [, messages = 0]) => sum + Number(messages), 0);
  };
}

function management(address: string) {
  const { origin, username, password } = new URL(address);
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const headers = { authorization: `Basic ${basic}`, "content-type": "application/json" };
  return async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${origin}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };
}
