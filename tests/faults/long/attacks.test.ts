import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import t from "tap";
import { root } from "../../check/tool.ts";
import { costsOfRefusals } from "../attacks/figures.ts";
import { queryAttacks } from "../attacks/queries.ts";
import { send } from "../attacks/send.ts";
import { shopper, startAttackedShop } from "../attacks/shop.ts";

t.setTimeout(900_000);

/** Attacks of each kind that are sent at the same time, again and again. */
const atOnce = 3;
const shop = await startAttackedShop(t);
const attacks = queryAttacks(shop.products, shop.customer.token ?? "");

type Reads = Awaited<ReturnType<ReturnType<typeof shopper>["stop"]>>["reads"];
const row = (name: string, { reads, served }: { reads: Reads; served: number }) =>
  `| ${name} | ${served} | ${[50, 99].map((part) => (reads.percentile(part) / 1_000).toFixed(1)).join(" | ")} |`;

async function shopped(meanwhile: (serve: (count: number) => Promise<unknown>) => Promise<unknown>) {
  const { serve, stop } = shopper(shop.customer, shop.products);
  await meanwhile(serve);
  return stop();
}

t.test("what attacks cost", async (t) => {
  await shopped((serve) => serve(300));
  const quiet = await shopped((serve) => serve(1_000));
  const attacked = await shopped(async () => {
    for (const { request } of attacks) {
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(Array.from({ length: atOnce }, () => send(shop.gatewayUrl, request)));
      }
    }
  });
  const costs = await costsOfRefusals(shop.gatewayUrl, shop.gatewayPid, attacks);
  const date = new Date().toISOString().slice(0, 10);
  const text = `# What attacks cost, ${date}

\`npm run attack-figures\`: ${attacks.length} hostile requests of tests/faults/attacks/queries.ts on a gateway with the chart's heap.
${availableParallelism()} cores, which the system, its servers, the attacker and the shopper shared.

The shopper reads product pages, lists of 20 products with pictures, and orders, one after the other. In attack,
${atOnce} requests of one kind are always in progress.

| phase | reads | p50, ms | p99, ms |
|---|--:|--:|--:|
${row("quiet", quiet)}
${row("attack", attacked)}

CPU time of the gateway for one refused request, sent alone:

| request | ms |
|---|--:|
${costs.map(({ name, ms }) => `| ${name} | ${ms.toFixed(1)} |`).join("\n")}
`;
  await writeFile(join(root, `docs/evidence/attacks-${date}.md`), text);
  t.comment(text);
  t.same([...quiet.failures, ...attacked.failures], []);
});
