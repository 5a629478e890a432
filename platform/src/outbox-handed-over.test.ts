import { setTimeout as pause } from "node:timers/promises";
import t from "tap";
import { created, relays, stock } from "../../tests/support/relays.ts";

/** Nobody claims such rows: what becomes of them is the doing of whoever they were handed to. */
const ours = "infinity";

t.test("rows that are handed over", async (t) => {
  const { ids, relayWith, gone, arrived, watched, write, left, written } = await relays(t);

  t.test("are published and settled without being claimed", async (t) => {
    const relay = relayWith();
    const rows = [...(await write(3, created, ours)), ...(await write(2, stock, ours))];
    relay.publish(await written(rows));
    await arrived(rows);
    await gone(rows);
    t.equal(ids(rows).length, 5, "each once");
    await relay.stop();
  });

  t.test("are published by a relay that stops", async (t) => {
    const rows = await write(700, created, ours);
    const relay = relayWith();
    relay.publish(await written(rows));
    await relay.stop();
    t.same(await left(rows), []);
    await arrived(rows);
  });

  t.test("come again when the broker does not take them", async (t) => {
    let away = 2;
    const { sidecar, published } = watched(async () => {
      away -= 1;
      if (away >= 0) throw new Error("the broker is away");
    });
    const relay = relayWith({ sidecar });
    const rows = await write(3, created, ours);
    relay.publish(await written(rows));
    await gone(rows);
    await relay.stop();
    t.same(published.toSorted(), rows.toSorted());
  });

  t.test("beyond what a process keeps in hand are left to their claim", async (t) => {
    const rows = await write(5_003, created, ours);
    const relay = relayWith();
    relay.publish(await written(rows));
    await gone(rows.slice(0, 5_000));
    await relay.stop();
    t.equal((await left(rows)).length, 3);
  });

  t.test("are left to their claim when it may be over before they are published", async (t) => {
    const go = Promise.withResolvers<void>();
    const { sidecar, published } = watched(() => go.promise);
    const relay = relayWith({ sidecar });
    const [first, second] = [await write(1, created, ours), await write(1, created, ours)];
    relay.publish(await written(first));
    await pause(100);
    relay.publish(await written(second));
    await pause(5_000);
    go.resolve();
    await gone(first);
    await relay.stop();
    t.same(published, first);
    t.same(await left(second), second);
  });
});
