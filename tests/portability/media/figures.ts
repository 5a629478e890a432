import { randomBytes } from "node:crypto";
import type { Test } from "tap";
import { long, measured } from "../notes.ts";
import { speedOf } from "../speed.ts";
import { call, type MediaStores } from "./stores.ts";

const times = long ? 500 : 50;
const atOnce = 8;

export async function figureTests(t: Test, { accounts, startSeconds }: MediaStores): Promise<void> {
  await t.test("figures", async (t) => {
    const content = randomBytes(100_000);
    const puts = await speedOf(times, atOnce, (at) => accounts.put(`figures-${at}`, content, call(30_000)));
    const gets = await speedOf(times, atOnce, (at) => accounts.get(`figures-${at}`, call(30_000)));
    t.equal((await accounts.get(`figures-${times - 1}`, call()))?.length, content.length);
    measured(t, {
      "start-up, s": startSeconds,
      "puts of 100 kB/s": puts.perSecond,
      "put p50, ms": puts.p50Ms,
      "put p99, ms": puts.p99Ms,
      "gets of 100 kB/s": gets.perSecond,
      "get p50, ms": gets.p50Ms,
      "get p99, ms": gets.p99Ms,
    });
  });
}
