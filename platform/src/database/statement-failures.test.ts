import t from "tap";
import { z } from "zod";
import { startStore } from "../../../tests/support/store.ts";
import { createDeadLetters } from "../events/dead-letters.ts";
import { createDispatcher } from "../events/dispatcher.ts";
import type { Subscription } from "../events/subscriptions.ts";
import { newId } from "../ids.ts";
import { background } from "../rpc/call.ts";
import { StatementFailed } from "./database.ts";
import { sql } from "./statement.ts";

const soon = () => background(20_000);
const refused = {
  "an unknown column": { text: "select (select no_such_column from inbox)::text", sqlState: "42703" },
  "an unknown table": { text: "select (select count(*) from no_such_table)::text", sqlState: "42P01" },
  "a syntax error": { text: "select (select count(*) from inbox where where)::text", sqlState: "42601" },
  "types that do not fit": { text: "select (true + now())::text", sqlState: "42883" },
  "a value that is none": { text: "select ('x'::uuid)::text", sqlState: "22P02" },
};

const broken = sql("test.broken", "select (select no_such_column from inbox)::text", z.unknown());
/** A negative price fails a CHECK. */
const insert = sql(
  "test.insert",
  `with made as (
     insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     select gen_random_uuid(), '', '', ($1::jsonb->>'price')::bigint, 'EUR', '', 1, now(), now() returning id)
   select (select count(*) from made)::text`,
  z.number(),
);

t.test("statements that fail in a real sidecar", async (t) => {
  const store = await startStore(t, "catalog");
  const { database, query } = store;

  t.test("a statement that PostgreSQL refuses to prepare fails with its SQLSTATE", async (t) => {
    for (const [what, { text, sqlState }] of Object.entries(refused)) {
      const error = await t.rejects(database.one(sql("test.refused", text, z.unknown()), {}, soon()), {
        code: "INTERNAL",
        sqlState,
      });
      t.ok((error as unknown) instanceof StatementFailed, what);
    }
  });

  t.test("a statement that fails while it runs counts as an attempt, though the binding hides the cause", async (t) => {
    t.equal(await database.one(insert, { price: 1 }, soon()), 1);
    for (const price of [-1, null, "dear"]) {
      const error = await t.rejects(database.one(insert, { price }, soon()), { code: "UNAVAILABLE" });
      t.ok((error as unknown) instanceof StatementFailed, `price ${price}`);
    }
  });

  const poisoned = {
    "does not match the schema": { statement: broken, error: /test\.broken.*42703/ },
    "fails a CHECK": { statement: insert, error: /test\.insert.*returned no row/ },
  };
  for (const [what, { statement, error }] of Object.entries(poisoned)) {
    t.test(`an event whose statement ${what} is a dead letter after five attempts`, async (t) => {
      const topic = `test.${statement.name}.v1`;
      const handle: Subscription["handle"] = async (_, context) =>
        void (await database.one<unknown>(statement, { price: -1 }, context));
      const subscription = { pubsub: "pubsub", topic, handle } as const;
      const { deliver } = createDispatcher([subscription], createDeadLetters(database), store.log);
      const time = new Date().toISOString();
      const event = JSON.stringify({ specversion: "1.0", id: newId(), type: topic, source: "test", time, data: {} });
      for (let attempt = 1; attempt < 5; attempt += 1)
        t.equal(await deliver(topic, event), "again", `attempt ${attempt}`);
      t.equal(await deliver(topic, event), "handled");
      t.match(await query("select attempts, error from dead_letters where topic = $1", [topic]), [
        { attempts: 5, error },
      ]);
    });
  }
});
