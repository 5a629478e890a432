import t from "tap";
import { eventually, stays } from "../../../tests/support/eventually.ts";
import { changed, created, relays } from "../../../tests/support/relays.ts";
import { eventsIn } from "../../../tests/support/stream-events.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { OutboxOptions } from "./outbox.ts";

const { store, relayWith, gone, watched, write, left } = await relays(t);

t.test("a topic that the broker refuses delays no other topic, and its rows stay", async (t) => {
  const refused = await write(3, "catalog.nobody-may-publish-this.v1");
  const good = await write(3);
  const relay = relayWith();
  await gone(good);
  t.same(await left(refused), refused);
  await relay.stop();
  await store.query("delete from outbox where id = any ($1)", [refused]);
});

t.test("an event that the broker refuses delays no other event of its bulk", async (t) => {
  const rows = await write(120);
  const [bad = ""] = rows;
  const refusing: Sidecar["publish"] = async (pubsub, topic, entries, context) => {
    // like a sidecar: the earlier messages were published, and the response does not say which
    const bads = entries.filter(({ body }) => eventsIn(body).some(({ id }) => id === bad));
    const taken = entries.filter((entry) => !bads.includes(entry));
    await store.sidecar.publish(pubsub, topic, taken, context);
    if (bads.length > 0) throw new Error("failed to publish");
    return new Map();
  };
  const relay = relayWith({ sidecar: { ...store.sidecar, publish: refusing } });
  await gone(rows.slice(1));
  t.same(await left(rows), [bad]);
  await relay.stop();
  await store.query("delete from outbox");
});

t.test("a broker that recovers receives the waiting events", async (t) => {
  const rows = await write(3);
  let away = 2;
  const { sidecar, published } = watched(async () => {
    away -= 1;
    if (away >= 0) throw new Error("the broker is away");
  });
  const relay = relayWith({ sidecar });
  await gone(rows);
  await relay.stop();
  t.same(published.toSorted(), rows.toSorted());
});

t.test("a database failure does not end the relay", async (t) => {
  await store.query("alter table outbox rename to outbox_away");
  const failed = Promise.withResolvers<void>();
  const log = { ...store.log, warn: () => failed.resolve() } as unknown as OutboxOptions["log"];
  const relay = relayWith({ log });
  await failed.promise;
  await store.query("alter table outbox_away rename to outbox");
  const rows = await write(1);
  relay.kick();
  await gone(rows);
  await relay.stop();
  t.pass();
});

t.test("more refused events than fit in a batch do not delay other events", async (t) => {
  const { sidecar } = watched(async (topic) => {
    if (topic === changed) throw new Error("refused");
  });
  const refused = await write(250, changed, new Date(0).toISOString());
  const relay = relayWith({ sidecar });
  const others = await write(3, created, new Date().toISOString());
  relay.kick();
  await gone(others);
  t.same(await left(refused), refused.toSorted(), "and the refused ones stay for later");
  await relay.stop();
  await store.query("delete from outbox");
});

t.test("refused events do not keep the relay busy", async (t) => {
  let tries = 0;
  const { sidecar } = watched(async (topic) => {
    if (topic !== changed) return;
    tries += 1;
    throw new Error("refused");
  });
  await write(1_200, changed);
  const relay = relayWith({ sidecar });
  await eventually("some events to be refused", async () => tries > 0);
  await stays("the other due events wait for the next sweep", () => tries < 3, 500);
  t.ok(tries < 3);
  await relay.stop();
  await store.query("delete from outbox");
});
