import { readFile } from "node:fs/promises";
import t, { type Test } from "tap";
import { eventually } from "../support/eventually.ts";
import { connectionAttacks } from "./attacks/connections.ts";
import { type Attack, queryAttacks } from "./attacks/queries.ts";
import { send } from "./attacks/send.ts";
import { shopper, startAttackedShop } from "./attacks/shop.ts";

t.setTimeout(600_000);

/** Statuses of requests that the gateway refuses because it has too many. */
const overloaded = [429, 503];
/** How often each attack is sent at once. */
const times = 6;
const { system, gatewayUrl, products, customer, memoryLimitMi, gatewayPid } = await startAttackedShop(t);
const pids = () => Object.fromEntries([...system.processes].map(([name, { pid }]) => [name, pid]));
const before = pids();

/** The most memory that the gateway has ever had, in MiB. */
async function peakMi(): Promise<number> {
  const status = await readFile(`/proc/${gatewayPid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

async function attack(t: Pick<Test, "ok">, { name, request, code }: Attack): Promise<void> {
  const replies = await Promise.all(Array.from({ length: times }, () => send(gatewayUrl, request)));
  for (const { status, codes } of replies) {
    t.ok(status < 500 || status === 503, `${name}: ${status}`);
    if (code && !overloaded.includes(status)) t.ok(codes.includes(code), `${name}: ${codes.slice(0, 3)}, not ${code}`);
  }
}

t.test("hostile requests end no process, cause no failure of ours, and leave a shopper's requests alone", async (t) => {
  const queries = queryAttacks(products, customer.token ?? "");
  const connections = connectionAttacks(gatewayUrl);
  t.ok(queries.length + connections.length >= 60, `${queries.length + connections.length} attacks`);
  const { serve, stop } = shopper(customer, products);
  for (const one of queries) await attack(t, one);
  for (const { name, run } of connections) {
    const failures = await run(() => serve(20));
    t.same(failures, [], name);
  }
  const { served, failures } = await stop();
  t.same(failures, [], `of ${served} requests of a shopper`);
  t.ok(served > 10, `${served} requests of a shopper`);
  t.same(pids(), before, "no process has restarted");
  const peak = await peakMi();
  t.ok(peak < memoryLimitMi, `at most ${peak.toFixed(0)} MiB of ${memoryLimitMi}`);
  await eventually("a request to be served", async () => (await customer.ask("{ me { id } }")).status === 200);
});
