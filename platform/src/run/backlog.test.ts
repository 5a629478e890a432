import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { startStore } from "../../../tests/support/store.ts";
import { loadConfig, platformConfig } from "../config.ts";
import { startTelemetry } from "../telemetry/telemetry.ts";
import { startBacklog } from "./backlog.ts";

const env = { SIDECART_APP_ID: "catalog", SIDECART_APP_PORT: "6001", APP_API_TOKEN: "a token of 16 or more" };

const store = await startStore(t, "catalog");
const { query } = store;
const telemetry = startTelemetry(loadConfig(platformConfig, env));
t.teardown(() => telemetry.shutdown());
const backlog = startBacklog(store.database, store.log, 20);

/** The gauges as Prometheus reads them. A missing gauge is undefined. */
const gauges = async () => {
  const text = await telemetry.prometheus();
  const value = (name: string) => text.match(new RegExp(`^${name}\\{.*\\} (.+)$`, "m"))?.[1];
  return {
    age: value("sidecart_outbox_age"),
    letters: value("sidecart_dead_letters"),
    connections: value("sidecart_database_connections"),
    maxConnections: value("sidecart_database_max_connections"),
  };
};
const untilGauges = (what: string, is: (age: number, letters: number) => boolean) =>
  eventually(what, async () => {
    const { age, letters } = await gauges();
    return is(Number(age), Number(letters));
  });
const untilAbsent = (why: string) =>
  eventually(`no gauge: ${why}`, async () => {
    const { age, letters } = await gauges();
    return age === undefined && letters === undefined;
  });
const write = (ageSeconds: number) =>
  query(
    `insert into outbox (id, topic, key, data, created_at)
     values (gen_random_uuid(), 't', 'k', '{}', now() - make_interval(secs => $1))`,
    [ageSeconds],
  );
const writeDeadLetters = (count: number) =>
  query("insert into dead_letters select gen_random_uuid(), 't', '{}', 'no', 5 from generate_series(1, $1)", [count]);

t.test("both gauges are zero when nothing waits, which differs from unknown", async () => {
  await untilGauges("two zeros", (age, letters) => age === 0 && letters === 0);
});

t.test("the gauges count the connections of the server, and how many it allows", async (t) => {
  await untilGauges("measured", (age) => age === 0);
  const connections = Number((await gauges()).connections);
  const [{ most = 0 } = {}] = await query<{ most: number }>("select current_setting('max_connections')::int as most");
  t.equal(Number((await gauges()).maxConnections), most - 3, "three are reserved for superusers");
  t.ok(connections >= 1 && connections < most, `${connections}`);
  const open = await Promise.all(Array.from({ length: 3 }, () => store.connect()));
  await eventually("three more", async () => Number((await gauges()).connections) >= connections + 3);
  for (const client of open) await client.end();
});

t.test("the gauges have units", async (t) => {
  const text = await telemetry.prometheus();
  t.match(text, "# UNIT sidecart_outbox_age s\n# TYPE sidecart_outbox_age gauge");
  t.match(text, "# UNIT sidecart_dead_letters {dead_letter}\n# TYPE sidecart_dead_letters gauge");
});

t.test("the gauge has the age of the oldest event until it is published, whatever else waits", async () => {
  for (const age of [5, 5_000, 90]) await write(age);
  await untilGauges("the oldest", (age) => age >= 5_000 && age < 5_060);
  await query("delete from outbox where created_at < now() - interval '1 hour'");
  await untilGauges("the next", (age) => age >= 90 && age < 150);
  await query("delete from outbox");
  await untilGauges("none", (age) => age === 0);
});

t.test("an event from a clock that is ahead has no negative age", async () => {
  await write(-600);
  await writeDeadLetters(1);
  await untilGauges("its age", (age, letters) => age === 0 && letters === 1);
  await query("delete from outbox");
});

t.test("dead letters are counted up to 10,000", async () => {
  await writeDeadLetters(2);
  await untilGauges("three", (_, letters) => letters === 3);
  await writeDeadLetters(10_000);
  await untilGauges("as many as are counted", (_, letters) => letters === 10_000);
  await query("delete from dead_letters");
  await untilGauges("none", (_, letters) => letters === 0);
});

t.test("the gauges are absent while the database fails, and return when it recovers", async () => {
  await writeDeadLetters(1);
  await untilGauges("one", (_, letters) => letters === 1);
  await query("alter table outbox rename to outbox_away");
  await untilAbsent("the statement fails");
  await query("alter table outbox_away rename to outbox");
  await untilGauges("one again", (age, letters) => age === 0 && letters === 1);
});

t.test("the gauges are absent when the database has hung for five seconds", async () => {
  const other = await store.connect();
  await other.query("begin; lock table outbox");
  await untilAbsent("the statement hangs");
  await other.query("commit");
  await untilGauges("one again", (_, letters) => letters === 1);
});

t.test("the gauges are absent when the service stops", async (t) => {
  await backlog.stop();
  for (const value of Object.values(await gauges())) t.equal(value, undefined);
});
