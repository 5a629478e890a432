import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import { secretOf } from "../secret.ts";
import type { Behind } from "./behind.ts";

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

/** Of every quorum queue, which only services have, all that waits or is not acknowledged. */
const messages = `lists:sum([element(2, element(2,
  ra:local_query(amqqueue:get_pid(Queue), fun rabbit_fifo:query_messages_total/1)))
  || Queue <- rabbit_amqqueue:list_by_type(rabbit_quorum_queue)]).`;

/** The queues themselves are asked: what the HTTP API and `list_queues` say is up to 5 s old. */
function backlogOf({ processes }: Launched): () => Promise<number> {
  const server = processes.get("rabbitmq");
  if (!server) throw new Error("no RabbitMQ of ours");
  const { command, env } = server.spec;
  const control = join(dirname(command), "rabbitmqctl");
  return async () => {
    const args = ["--node", env.RABBITMQ_NODENAME ?? "", "--silent", "eval", messages];
    const { stdout } = await run(control, args, { env });
    if (!/^\d+$/.test(stdout.trim())) throw new Error(`RabbitMQ says ${stdout}`);
    return Number(stdout);
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
