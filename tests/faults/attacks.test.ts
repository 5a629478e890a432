import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { parse } from "yaml";
import { eventually } from "../support/eventually.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";
import { connectionAttacks } from "./attacks/connections.ts";
import { costsOfRefusals, latencies, p99Ms } from "./attacks/figures.ts";
import { type Attack, queryAttacks } from "./attacks/queries.ts";
import { send } from "./attacks/send.ts";

t.setTimeout(600_000);

/** Statuses of requests that the gateway refuses because it has too many. */
const overloaded = [429, 503];
/** How often each attack is sent at once. */
const times = 6;
const checkout = join(import.meta.dirname, "../..");
const { serviceDefaults, services } = parse(await readFile(join(checkout, "charts/sidecart/values.yaml"), "utf8"));
const limitMi = Number.parseInt(services.gateway.resources.limits.memory, 10);
const system = await startSystem(t, {
  env: { gateway: { NODE_OPTIONS: `--max-old-space-size=${serviceDefaults.heapMi}`, SIDECART_LOCAL: "0" } },
});
const { gatewayUrl } = system;
const pids = () => Object.fromEntries([...system.processes].map(([name, { pid }]) => [name, pid]));
const before = pids();
const shop = await admin(gatewayUrl);
const picture = `data:image/png;base64,iVBORw0KGgo${"A".repeat(8_000)}`;
const large = { description: "x".repeat(5_000), imageUrl: picture };
const products: string[] = [];
while (products.length < 200) {
  const next = Array.from({ length: 10 }, (_, at) =>
    newProduct(shop, { name: `Tea ${products.length + at}`, stock: 1_000, ...large }),
  );
  products.push(...(await Promise.all(next)));
}
const customer = await newCustomer(gatewayUrl);

/** The most memory that the gateway has ever had, in MiB. */
async function peakMi(): Promise<number> {
  const status = await readFile(`/proc/${system.processes.get("gateway")?.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** A shopper who reads and orders until `stop`, and repeats what an overloaded gateway refused. */
function shopper() {
  const failures: string[] = [];
  const reads = latencies();
  let stopped = false;
  let served = 0;
  const once = async () => {
    const productId = products[served % products.length] ?? "";
    const began = performance.now();
    const read = await customer.ask("query($id: ID!) { product(id: $id) { id stock } }", { id: productId });
    reads.record(Math.max(1, Math.round((performance.now() - began) * 1_000)));
    const input = { orderProducts: [{ productId, quantity: 1 }] };
    const placed = served % 10 === 0 ? await customer.ask(placeOrder, { input }) : { errors: [] };
    const codes = [...read.errors, ...placed.errors].map(({ extensions }) => extensions.code);
    // A client repeats a request after that.
    if (codes.includes("OVERLOADED")) return;
    failures.push(...codes);
    served += 1;
  };
  const done = (async () => {
    while (!stopped) await once();
  })();
  return {
    /** Resolves when so many more requests were served. */
    serve(count: number) {
      const enough = served + count;
      return eventually("the shopper to be served", async () => served >= enough, 60_000);
    },
    async stop() {
      stopped = true;
      await done;
      return { served, failures, reads };
    },
  };
}

async function attack(t: Pick<Test, "ok">, { name, request, code }: Attack): Promise<void> {
  const replies = await Promise.all(Array.from({ length: times }, () => send(gatewayUrl, request)));
  for (const { status, codes } of replies) {
    t.ok(status < 500 || status === 503, `${name}: ${status}`);
    if (code && !overloaded.includes(status)) t.ok(codes.includes(code), `${name}: ${codes.slice(0, 3)}, not ${code}`);
  }
}

t.test("figures: what a refused request costs, and a shopper's requests when nobody attacks", async (t) => {
  const pid = system.processes.get("gateway")?.pid ?? 0;
  const costs = await costsOfRefusals(gatewayUrl, pid, queryAttacks(products, customer.token ?? ""));
  for (const { name, ms } of costs.slice(0, 5)) t.comment(`${ms.toFixed(1)} ms of CPU: ${name}`);
  t.comment(`${costs.at(costs.length / 2)?.ms.toFixed(1)} ms of CPU: the median of ${costs.length} refusals`);
  const { serve, stop } = shopper();
  await serve(300);
  const { reads, failures } = await stop();
  t.same(failures, []);
  t.comment(`p99 of a shopper's reads in quiet: ${p99Ms(reads)} ms`);
});

t.test("hostile requests end no process, cause no failure of ours, and leave a shopper's requests alone", async (t) => {
  const queries = queryAttacks(products, customer.token ?? "");
  const connections = connectionAttacks(gatewayUrl);
  t.ok(queries.length + connections.length >= 60, `${queries.length + connections.length} attacks`);
  const { serve, stop } = shopper();
  for (const one of queries) await attack(t, one);
  for (const { name, run } of connections) {
    const failures = await run(() => serve(20));
    t.same(failures, [], name);
  }
  const { served, failures, reads } = await stop();
  t.comment(`p99 of a shopper's reads under attack: ${p99Ms(reads)} ms of ${served}`);
  t.same(failures, [], `of ${served} requests of a shopper`);
  t.ok(served > 10, `${served} requests of a shopper`);
  t.same(pids(), before, "no process has restarted");
  const peak = await peakMi();
  t.ok(peak < limitMi, `at most ${peak.toFixed(0)} MiB of ${limitMi}`);
  await eventually("a request to be served", async () => (await customer.ask("{ me { id } }")).status === 200);
});
