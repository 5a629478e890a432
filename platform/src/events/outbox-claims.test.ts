import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { created, relays, stock } from "../../../tests/support/relays.ts";

const { store, relayWith, gone, left, watched, write } = await relays(t);

t.test("two relays never publish the same row", async (t) => {
  const rows = [...(await write(900)), ...(await write(300, stock))];
  const [one, two] = [watched(), watched()];
  const relays = [relayWith({ sidecar: one.sidecar }), relayWith({ sidecar: two.sidecar })];
  await gone(rows);
  await Promise.all(relays.map((relay) => relay.stop()));
  t.same([...one.published, ...two.published].sort(), rows.toSorted());
  t.ok(one.published.length > 0 && two.published.length > 0, "both published some");
});

t.test("a locked row delays no other row", async (t) => {
  const [held = "", ...free] = await write(3);
  const other = await store.connect();
  await other.query("begin");
  await other.query("select from outbox where id = $1 for update", [held]);
  const relay = relayWith();
  await gone(free);
  await other.query("rollback");
  relay.kick();
  await gone([held]);
  await relay.stop();
  t.pass();
});

t.test("a claimed row is not published until its lease expires", async (t) => {
  const held = await write(1, created, "infinity");
  const { sidecar, published } = watched();
  const relay = relayWith({ sidecar });
  const free = await write(1);
  relay.kick();
  await gone(free);
  t.same(published, free);
  await store.query("update outbox set claimed_until = now() where id = any ($1)", [held]);
  relay.kick();
  await gone(held);
  await relay.stop();
  t.same(published, [...free, ...held]);
});

t.test("a row published after its lease expired is settled, and not claimed again", async (t) => {
  const rows = await write(3);
  const { sidecar, published } = watched(async () => {
    await store.query("update outbox set claimed_until = '-infinity' where id = any ($1)", [rows]);
  });
  const relay = relayWith({ sidecar });
  await gone(rows);
  await relay.stop();
  t.same(published.toSorted(), rows.toSorted(), "each once");
});

t.test("a row that is locked while it is settled delays no other row", async (t) => {
  const [good = "", refused = ""] = [...(await write(1)), ...(await write(1, stock))];
  const other = await store.connect();
  let first = true;
  const { sidecar } = watched(async (topic) => {
    if (topic !== stock || !first) return;
    first = false;
    await other.query("begin");
    await other.query("select from outbox where id = any ($1) for update", [[good, refused]]);
    throw new Error("refused");
  });
  const relay = relayWith({ sidecar });
  await eventually("the rows to be locked", async () => !first);
  const free = await write(3);
  relay.kick();
  await gone(free);
  t.same(await left([good, refused]), [good, refused].toSorted());
  await other.query("rollback");
  await store.query("update outbox set claimed_until = now()");
  relay.kick();
  await gone([good, refused]);
  await relay.stop();
});

t.test("when a relay dies with claimed rows, the next one publishes them after the lease expires", async (t) => {
  const rows = await write(5);
  const forever = new Promise<void>(() => {});
  const reached = Promise.withResolvers<void>();
  const dead = watched(() => {
    reached.resolve();
    return forever;
  });
  relayWith({ sidecar: dead.sidecar });
  await reached.promise;
  const [lease] = await store.query<{ seconds: number }>(
    "select extract(epoch from min(claimed_until) - now())::float as seconds from outbox where id = any ($1)",
    [rows],
  );
  t.ok(lease && lease.seconds > 5 && lease.seconds <= 10, `claimed for ${lease?.seconds} s`);
  await store.query("update outbox set claimed_until = now() where id = any ($1)", [rows]);
  const relay = relayWith();
  await gone(rows);
  await relay.stop();
  t.same(dead.published, []);
});
