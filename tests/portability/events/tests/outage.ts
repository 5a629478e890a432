import { setTimeout as pause } from "node:timers/promises";
import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import { pidsOf } from "../../../support/outage.ts";
import { long, measured } from "../../notes.ts";
import type { Bench } from "../bench.ts";
import type { Run } from "../run.ts";

const placed = "orders.order-placed.v1";
const registered = "accounts.account-registered.v1";
const everyMs = 100;

export function outageTests(t: Test, bench: () => Bench): void {
  const downtime = long ? "for 30 s" : "and restarted";
  const name = `broker killed under load ${downtime}: no loss, no duplicate effect, no other restart`;
  t.test(name, async (t) => {
    const { probes, start, server } = bench();
    const { system } = probes;
    const run = start();
    const before = pidsOf(system, server);
    const traffic = startTraffic(run);
    const effects = async () => (await run.effects()).length;
    await eventually("effects", async () => (await effects()) > 100, 60_000);
    await system.kill(server);
    const atDeath = run.sent.length;
    if (long) await pause(30_000);
    const began = performance.now();
    await system.start(server);
    const up = performance.now();
    await eventually("events that were committed meanwhile", async () => run.sent.length > atDeath + 50);
    const known = await effects();
    await eventually("effects again", async () => (await effects()) > known + 50, 90_000);
    measured(t, {
      "server up again, s": (up - began) / 1000,
      "events flow again after, s": (performance.now() - up) / 1000,
    });
    await traffic.stop();
    t.same(await run.settled(180_000), []);
    t.same(pidsOf(system, server), before, "nothing else was started again");
    for (const service of probes.services) {
      t.same(await probes.query(service, "select topic, error from dead_letters"), [], `${service} put nothing aside`);
    }
  });
}

/** Commits events, a few at a time, until it is stopped. */
function startTraffic(run: Run) {
  let going = true;
  const tells = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `key-${at}` }));
  const work = async () => {
    while (going) {
      await Promise.all([run.send(placed, tells(10)), run.send(registered, tells(5)), pause(everyMs)]);
    }
  };
  const done = work();
  return {
    async stop() {
      going = false;
      await done;
    },
  };
}
