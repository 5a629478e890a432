import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import t from "tap";
import { root } from "../../check/tool.ts";
import { openShop } from "../../support/shop.ts";
import { rowsOf, runPhases, type Sample, startLoad } from "./hang.ts";

const phaseMs = Number(process.env.SIDECART_HANG_SECONDS ?? 20) * 1_000;
t.setTimeout(phaseMs * 4 + 300_000);

async function keepEvidence({ opened, back }: { opened: string; back: string }, rows: string[]): Promise<string> {
  const date = new Date().toISOString().slice(0, 10);
  const text = `# A service that hangs, ${date}

\`npm run hang\`: catalog is paused with SIGSTOP and continued, under load, without the gateway's cache.
${availableParallelism()} cores, which the system, its servers and the load shared. \`product\` and \`placeOrder\` call catalog; the others do not.

The gateway's circuit opened ${opened} s after the pause. Everything worked ${back} s after catalog continued.

| request | phase | requests | p50, ms | p99, ms | longest, ms | codes |
|---|---|--:|--:|--:|--:|---|
${rows.join("\n")}
`;
  await writeFile(join(root, `docs/evidence/hang-${date}.md`), text);
  return text;
}

t.test("a catalog that hangs, under load", async (t) => {
  const env = { SIDECART_LOGIN_RATE_LIMIT: "100000", SIDECART_CACHE_MS: "0" };
  const shop = await openShop(t, { units: 100_000, env: { gateway: env } });
  const samples: Sample[] = [];
  let phase = "warm-up";
  const stop = new AbortController();
  const load = startLoad(shop, samples, () => phase, stop.signal);
  const times = await runPhases(shop, phaseMs, (next) => {
    phase = next;
  });
  stop.abort();
  await load;
  t.comment(await keepEvidence(times, rowsOf(samples.filter((one) => one.phase !== "warm-up"))));
  await shop.agrees(60_000);
});
