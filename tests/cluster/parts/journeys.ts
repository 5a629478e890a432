import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../../check/tool.ts";
import { openGateway } from "../gateway.ts";
import { release } from "../helm.ts";
import { command } from "../kubectl.ts";
import type { Cluster, Part, Report } from "../part.ts";

/** Test files that only need the address of a system. */
const files = ["tests/e2e/walk-through.test.ts"];

export const journeys: Part = {
  name: "journeys",
  what: "helm test places an order, and the walk-through succeeds through a port-forward",
  run: walk,
};

/** Runs the journeys on the current release. */
export async function walk({ namespace, kubectl }: Cluster, { expect }: Report): Promise<void> {
  // Without --logs, because Helm has already deleted the pods of successful tests.
  const args = ["test", release, "--namespace", namespace, "--timeout", "5m"];
  const said = await command("helm", args).catch((error: Error) => error.message);
  const phases = said.match(/^Phase: +\w+/gm) ?? [];
  const good = phases.length > 0 && phases.every((phase) => phase.endsWith("Succeeded"));
  expect("helm test places an order and cancels it", good, said.slice(-600));
  const door = await openGateway(kubectl);
  try {
    for (const file of files) {
      const { code, output } = await test(file, {
        SIDECART_TEST_URL: door.url,
        SIDECART_TEST_ADMIN: door.admin.email,
        SIDECART_TEST_PASSWORD: door.admin.password,
      });
      expect(`${file} passes`, code === 0, output.slice(-1_500));
    }
  } finally {
    door.close();
  }
}

async function test(file: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, file)], { env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
  const [code] = await once(child, "close");
  return { code, output };
}
