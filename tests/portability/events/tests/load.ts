import type { Test } from "tap";
import { Random } from "../../../support/random.ts";
import { long, measured } from "../../notes.ts";
import type { Tell } from "../../probe/told.ts";
import type { Bench } from "../bench.ts";

const count = long ? 10_000 : 1_500;
const failing = 0.3;
/** One less than make a dead letter. */
const mostFailures = 4;
const topics = [
  "accounts.account-registered.v1",
  "accounts.account-updated.v1",
  "orders.order-placed.v1",
  "orders.order-paid.v1",
];

export function loadTests(t: Test, bench: () => Bench): void {
  t.test(
    `${count} events, 30 % of deliveries fail: each takes effect once, outboxes and broker end empty`,
    async (t) => {
      const { probes, start } = bench();
      const random = new Random();
      t.comment(`SEED=${random.seed}`);
      const run = start();
      const tell = (at: number): Omit<Tell, "run"> => {
        let failures = 0;
        while (failures < mostFailures && random.next() < failing) failures += 1;
        return { key: `key-${at % 100}`, failures, trouble: random.next() < 0.5 ? "own" : "passing" };
      };
      const began = performance.now();
      for (let sent = 0; sent < count; ) {
        const wave = Math.min(100, count - sent);
        const tells = Array.from({ length: wave }, (_, at) => tell(sent + at));
        await run.send(random.pick(topics), tells);
        sent += wave;
      }
      t.same(await run.settled(30 * 60_000), []);
      const seconds = (performance.now() - began) / 1000;
      measured(t, { "events with failures all handled after, s": seconds });
      for (const service of probes.services) {
        const left =
          "select (select count(*) from outbox)::int as outbox, (select count(*) from dead_letters)::int as dead";
        t.same(await probes.query(service, left), [{ outbox: 0, dead: 0 }], service);
      }
    },
  );

  t.test("the test detects a handler that swallows its error", async (t) => {
    const { probes, start } = bench();
    const replicas = ["catalog", "catalog-2"];
    const restart = (more?: Record<string, string>) =>
      Promise.all(replicas.map((replica) => probes.restart(replica, more)));
    await restart({ PROBE_SWALLOWS_ERRORS: "true" });
    t.teardown(() => restart());
    const run = start();
    const topic = "orders.order-placed.v1";
    await run.send(
      topic,
      Array.from({ length: 20 }, (_, at) => ({ key: `good-${at}` })),
    );
    const bad = await run.send(
      topic,
      Array.from({ length: 20 }, (_, at) => ({ key: `bad-${at}`, failures: 1 })),
    );
    await run.quiet();
    const lost = bad.map(({ id }) => `catalog: 0 effects of ${topic} ${id}`);
    t.same((await run.wrongs()).sort(), lost.sort(), "the check that all tests make names each lost effect");
  });
}
