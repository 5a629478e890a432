import { setTimeout as pause } from "node:timers/promises";
import type { Test } from "tap";
import { long, measured } from "../../notes.ts";
import type { Bench } from "../bench.ts";
import { memoryOf } from "../memory.ts";

const placed = "orders.order-placed.v1";
const burst = long ? 5_000 : 1_000;
const paced = long ? 1_000 : 200;
const pacedEveryMs = 10;

export function figureTests(t: Test, bench: () => Bench): void {
  t.test("figures", async (t) => {
    const { behind, probes, start, server, title } = bench();
    const calm = start();
    for (let sent = 0; sent < paced; sent += 1) {
      await Promise.all([calm.send(placed, [{ key: `key-${sent}` }]), pause(pacedEveryMs)]);
    }
    t.same(await calm.settled(), []);
    const [latency] = await probes.query<{ p50: number; p99: number; rate: number }>(
      "catalog",
      `select percentile_cont(0.5) within group (order by took) as p50,
         percentile_cont(0.99) within group (order by took) as p99,
         count(*) / extract(epoch from max(committed_at) - min(committed_at))::float as rate
       from (select committed_at, extract(epoch from handled_at - committed_at)::float * 1000 as took
         from probe_effects where run = $1) as effects`,
      [calm.id],
    );

    const full = start();
    await full.send(
      placed,
      Array.from({ length: burst }, (_, at) => ({ key: `key-${at}` })),
    );
    t.same(await full.settled(5 * 60_000), []);
    const [throughput] = await probes.query<{ rate: number }>(
      "catalog",
      `select count(*) / extract(epoch from max(handled_at) - min(committed_at))::float as rate
       from probe_effects where run = $1`,
      [full.id],
    );
    const memory = memoryOf(probes.system);
    const sidecars = [...memory].filter(([name]) => name.endsWith("-dapr")).map(([, mebibytes]) => mebibytes);
    measured(t, {
      "version of the server": await behind.version(),
      "start-up, s": (probes.steps.get(title) ?? Number.NaN) / 1000,
      "events/s": throughput?.rate ?? Number.NaN,
      "commit to handled p50, ms": latency?.p50 ?? Number.NaN,
      "commit to handled p99, ms": latency?.p99 ?? Number.NaN,
      "at events/s": latency?.rate ?? Number.NaN,
      "memory of the server, MiB": memory.get(server) ?? Number.NaN,
      "memory of a sidecar (largest), MiB": Math.max(...sidecars),
    });
  });
}
