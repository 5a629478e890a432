import t from "tap";
import { eventually } from "../../tests/support/eventually.ts";
import { everyStatementUsesIndexes, watchPlans } from "../../tests/support/plans.ts";
import { startStore } from "../../tests/support/store.ts";
import { startBacklog } from "./backlog.ts";
import { background } from "./call.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { newId } from "./ids.ts";
import { pruneInbox } from "./inbox.ts";
import { startOutboxRelay } from "./outbox.ts";

const soon = () => background(20_000);

t.test("statements of the platform find their rows by index among 20,000 of each kind", async (t) => {
  const store = await startStore(t, "catalog");
  const { query } = store;
  await query(
    "insert into outbox (id, topic, key, data) select gen_random_uuid(), 't', 'k', '{}' from generate_series(1, 20000)",
  );
  await query("insert into inbox select gen_random_uuid(), 'sell', now() from generate_series(1, 20000)");
  await query(
    "insert into dead_letters select gen_random_uuid(), 't', '{}', 'no', 5, now() from generate_series(1, 20000)",
  );
  await query("analyze");

  const watch = watchPlans(store);
  const { database, watched } = watch;
  const time = new Date().toISOString();
  const event = { specversion: "1.0", id: newId(), type: "t", source: "s", time, data: {} } as const;
  const letters = createDeadLetters(database);
  await letters.keep("t", event, new Error("no"), 5);
  const [letter] = (await letters.list(10, [event.id], soon())).deadLetters;
  if (letter) await letters.redrive(letter, async () => {}, soon());
  await pruneInbox(database, soon());
  const { sidecar, log } = store;
  const published = { ...sidecar, publish: async () => new Map<string, string>() };
  const relay = startOutboxRelay({ database, sidecar: published, log, appId: "catalog", pubsub: "pubsub" });
  await eventually("a batch to be settled", async () => watched.has("outbox.settle"));
  await relay.stop();
  const backlog = startBacklog(database, log, 1);
  await eventually("the backlog to be measured", async () => watched.has("backlog.measure"));
  await backlog.stop();

  await everyStatementUsesIndexes(t, watch, import.meta.dirname, ["outbox", "inbox", "dead_letters"], {
    "dead-letters.list: dead_letters": "a person's question, about a table that should be empty",
  });
});
