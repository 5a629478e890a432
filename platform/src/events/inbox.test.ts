import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { background } from "../rpc/call.ts";
import { pruneInbox } from "./inbox.ts";

t.test("the inbox removes events that no broker can redeliver, and keeps younger ones", async (t) => {
  const store = await startStore(t, "catalog");
  await store.query(
    `insert into inbox (event_id, handler, handled_at)
     select gen_random_uuid(), 'x', now() - interval '15 days' from generate_series(1, 5001)
     union all select gen_random_uuid(), 'x', now() - interval '13 days' from generate_series(1, 3)`,
  );
  await pruneInbox(store.database, background(10_000));
  const [row] = await store.query<{ count: number }>("select count(*)::int as count from inbox");
  t.equal(row?.count, 3);
});
