import { randomBytes } from "node:crypto";
import type { Test } from "tap";
import { memoryOf } from "../../events/memory.ts";
import { long, measured } from "../../notes.ts";
import { speedOf } from "../../speed.ts";
import { call, type Stores } from "../stores.ts";

const times = long ? 5_000 : 500;
const atOnce = 16;

export async function figureTests(t: Test, { orders, system, server, startSeconds }: Stores): Promise<void> {
  await t.test("figures", async (t) => {
    const value = randomBytes(1_000);
    const puts = await speedOf(times, atOnce, (at) => orders.put(`figures-${at}`, value, { ttlSeconds: 600 }, call()));
    const gets = await speedOf(times, atOnce, (at) => orders.get(`figures-${at}`, call()));
    t.equal((await orders.get(`figures-${times - 1}`, call()))?.value.length, value.length);
    measured(t, {
      "start-up, s": startSeconds,
      "puts of 1 kB/s": puts.perSecond,
      "put p50, ms": puts.p50Ms,
      "put p99, ms": puts.p99Ms,
      "gets of 1 kB/s": gets.perSecond,
      "get p50, ms": gets.p50Ms,
      "get p99, ms": gets.p99Ms,
      "memory of the server, MiB": memoryOf(system).get(server) ?? Number.NaN,
    });
  });
}
