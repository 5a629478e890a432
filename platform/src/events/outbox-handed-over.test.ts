import t from "tap";
import { created, relays, stock } from "../../../tests/support/relays.ts";

/** Rows with this lease are never claimed, so only the relay that they are handed to publishes them. */
const ours = "infinity";

const { store, ids, relayWith, gone, arrived, watched, write, left, written } = await relays(t);

t.test("rows handed over are published and settled without being claimed", async (t) => {
  const relay = relayWith();
  const rows = [...(await write(3, created, ours)), ...(await write(2, stock, ours))];
  relay.publish(await written(rows));
  await gone(rows);
  await relay.stop();
  await arrived(rows);
  t.equal(ids(rows).length, 5, "each once");
});

t.test("rows handed over are published by a relay that stops", async (t) => {
  const rows = await write(700, created, ours);
  const relay = relayWith();
  relay.publish(await written(rows));
  await relay.stop();
  t.same(await left(rows), []);
  await arrived(rows);
});

t.test("rows handed over are retried when the broker refuses them", async (t) => {
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

t.test("rows beyond the limit of 5,000 handed over are left to their lease", async (t) => {
  const rows = await write(5_003, created, ours);
  const relay = relayWith({ clock: { now: () => new Date(0) } });
  relay.publish(await written(rows));
  await gone(rows.slice(0, 5_000));
  await relay.stop();
  t.equal((await left(rows)).length, 3);
});

t.test("rows are left to their lease when it may expire before they are published", async (t) => {
  let now = 0;
  const [go, entered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { sidecar, published } = watched(() => {
    entered.resolve();
    return go.promise;
  });
  const relay = relayWith({ sidecar, clock: { now: () => new Date(now) } });
  const [first, stale, fresh] = [
    await write(1, created, ours),
    await write(600, created, ours),
    await write(1, created, ours),
  ];
  relay.publish(await written(first));
  await entered.promise;
  relay.publish(await written(stale));
  now = 5_000;
  relay.publish(await written(fresh));
  go.resolve();
  await gone([...first, ...fresh]);
  await relay.stop();
  t.same(published, [...first, ...fresh]);
  t.equal((await left(stale)).length, 600);
});

t.test("rows handed over are published though claims fail", async (t) => {
  const away = { ...store.database, one: () => Promise.reject(new Error("the database is away")) };
  const { sidecar, published } = watched();
  const relay = relayWith({ sidecar, database: away });
  const rows = await write(3, created, ours);
  relay.publish(await written(rows));
  await arrived(rows);
  await relay.stop();
  t.same(published, rows);
});
