import t from "tap";
import { changed, created, relays } from "../../../tests/support/relays.ts";

const { delivered, ids, relayWith, gone, arrived, watched, write, left } = await relays(t);

t.test("an event is published completely, and removed from the outbox", async (t) => {
  const relay = relayWith();
  const rows = await write(1);
  relay.kick();
  await arrived(rows);
  await gone(rows);
  await relay.stop();
  const [one] = delivered.filter(({ id }) => rows.includes(id));
  t.match(one, {
    topic: created,
    event: {
      specversion: "1.0",
      id: rows[0],
      type: created,
      source: "catalog",
      time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
      traceparent: /^00-0af7651916cd43dd8448eb211c80319c-/,
      data: { text: "žluť", id: rows[0] },
    },
  });
});

t.test("a relay publishes what an earlier process left, without a kick", async (t) => {
  const rows = [...(await write(3)), ...(await write(2, changed))];
  const relay = relayWith();
  await arrived(rows);
  await gone(rows);
  await relay.stop();
  t.equal(ids(rows).length, 5, "each once");
});

t.test("more rows than fit in a batch are published without a pause", async (t) => {
  const rows = await write(1_700);
  const relay = relayWith();
  await gone(rows);
  await relay.stop();
  t.ok(await arrived(rows));
});

t.test("stopping finishes the batch in progress", async (t) => {
  const rows = await write(2);
  const go = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const { sidecar } = watched(() => {
    entered.resolve();
    return go.promise;
  });
  const relay = relayWith({ sidecar });
  await entered.promise;
  const stopped = relay.stop();
  go.resolve();
  await stopped;
  t.same(await left(rows), []);
});

t.test("a kick during a batch is not lost", async (t) => {
  const go = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const { sidecar } = watched(() => {
    entered.resolve();
    return go.promise;
  });
  const first = await write(1);
  const relay = relayWith({ sidecar });
  await entered.promise;
  const second = await write(1);
  relay.kick();
  go.resolve();
  await gone([...first, ...second]);
  t.same(await left([...first, ...second]), []);
  await relay.stop();
});

t.test("a relay that stops publishes the rows written before", async (t) => {
  const relay = relayWith();
  await gone([]);
  const rows = await write(5);
  await relay.stop();
  t.same(await left(rows), []);
});
