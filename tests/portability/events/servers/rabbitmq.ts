import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";

const run = promisify(execFile);

/**
 * Of every queue of a service, what waits or is not acknowledged. The queues are asked: the HTTP API knows them as of up
 * to 5 s ago.
 */
export function rabbitmqBacklog(_t: Test, { processes }: Launched): () => Promise<number> {
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
