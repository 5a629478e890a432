import { join } from "node:path";
import t from "tap";
import { z } from "zod";
import { fillMessages } from "../../../tests/growth/fill/messages.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import { everyStatementReadsLittle } from "../../../tests/support/plans.ts";
import { type Store, startStore } from "../../../tests/support/store.ts";
import { createDeadLetters } from "../events/dead-letters.ts";
import { eventStates } from "../events/event-states.ts";
import { pruneInbox } from "../events/inbox.ts";
import { startOutboxRelay } from "../events/outbox.ts";
import { newId } from "../ids.ts";
import { background } from "../rpc/call.ts";
import { startBacklog } from "../run/backlog.ts";
import type { Database } from "./database.ts";
import { sql } from "./statement.ts";

const soon = () => background(60_000);

t.test("statements of the platform read no more rows for 100,000 messages than for none", async (t) => {
  await everyStatementReadsLittle(t, "catalog", (store) => ({
    folder: join(import.meta.dirname, ".."),
    run: runAll(store),
    fill: fillMessages,
    counting: {
      "dead-letters.oldest": "it returns the total",
      "dead-letters.after": "the same",
      "dead-letters.by-events": "the same",
    },
  }));
});

function runAll({ sidecar, log, query }: Store) {
  const published = { ...sidecar, publish: async () => new Map<string, string>() };
  return async (database: Database) => {
    const done = new Set<string>();
    const noting: Database = {
      async one(statement, input, context) {
        const answer = await database.one(statement, input, context);
        done.add(statement.name);
        return answer;
      },
    };
    const time = new Date().toISOString();
    const event = { specversion: "1.0", id: newId(), type: "t", source: "s", time, data: {} } as const;
    const letters = createDeadLetters(database);
    await letters.keep("t", event, new Error("no"), 5);
    const filter = { onlyTopic: "t", errorPart: "no" };
    await letters.list(10, null, filter, soon());
    const position = { diedAtMicros: "2026-03-01T12:00:00.000001Z", eventId: event.id, topic: "t" };
    await letters.listAfter(10, position, filter, soon());
    const [letter] = (await letters.list(10, [event.id], filter, soon())).deadLetters;
    if (letter) await letters.redrive(letter, async () => {}, soon());
    await eventStates(database, [event.id, newId()], soon());
    await pruneInbox(database, soon());
    await query("insert into outbox (id, topic, key, data) values ($1, 't', 'k', '{}')", [newId()]);
    const relay = startOutboxRelay({ database: noting, sidecar: published, log, appId: "catalog", pubsub: "pubsub" });
    await eventually("a batch to be settled", async () => done.has("outbox.next"));
    await relay.stop();
    const backlog = startBacklog(noting, log, 1);
    await eventually("the backlog to be measured", async () => done.has("backlog.measure"));
    await backlog.stop();
  };
}

t.test("a sidecar's connection gets the same plans as the owner's connection, which the plan tests use", async (t) => {
  const { database, query } = await startStore(t, "catalog");
  const text = "select jsonb_object_agg(name, setting) from pg_settings where category like 'Query Tuning%'";
  const [owners] = await query<{ jsonb_object_agg: Record<string, string> }>(text);
  const sidecars = await database.one(
    sql("test.settings", `select (${text} and $1::jsonb is not null)::text`, z.record(z.string(), z.string())),
    {},
    soon(),
  );
  t.same(sidecars, owners?.jsonb_object_agg);
  t.match(sidecars, { enable_seqscan: "off", jit: "off" });
});

// The premise of every service's plan tests: a plan has to suit all values, and tables of any size.
t.test("a sidecar's connection prepares a statement, and keeps one generic plan from the sixth run on", async (t) => {
  const { database } = await startStore(t, "catalog");
  const plans = sql(
    "test.plans",
    `select jsonb_agg(jsonb_build_object('custom', custom_plans, 'generic', generic_plans))::text
     from pg_prepared_statements where statement like $1::jsonb->>'statement'`,
    z.unknown(),
  );
  const seen: unknown[] = [];
  for (let run = 0; run < 7; run += 1)
    seen.push(await database.one(plans, { statement: "%pg_prepared_statements%" }, soon()));
  t.same(seen.slice(-3), [[{ custom: 5, generic: 0 }], [{ custom: 5, generic: 1 }], [{ custom: 5, generic: 2 }]]);
});
