import t from "tap";
import { eventually } from "../../tests/support/eventually.ts";
import { postgresServer } from "../../tests/support/postgres.ts";
import { program } from "../../tests/support/program.ts";
import { createDatabase } from "./create-database.ts";

const { as, start, connect } = await postgresServer(t);
await start();
const admin = await connect();
const url = as("orders", "one", "orders");
await createDatabase(admin, {
  database: "orders",
  owner: { name: "orders", password: "one" },
  runtime: { name: "orders_app", password: "two" },
});
const env = { DATABASE_URL: url, SIDECART_RUNTIME_ROLE: "orders_app" };
const migrate = (more = {}) => program("ops/src/migrate.ts", ["--service", "orders"], { ...env, ...more });
const owner = await connect(url);
const blocked = () =>
  eventually("a run that waits for a lock", async () => {
    return (await admin.query("select from pg_locks where not granted")).rowCount;
  });

t.test("of three concurrent runs one applies all migrations and the others none", async (t) => {
  const runs = await Promise.all([migrate(), migrate(), migrate()]);
  for (const { code, output } of runs) t.equal(code, 0, output);
  const counts = runs.map(({ output }) => Number(output.match(/(\d+) migrations applied/)?.[1])).sort();
  t.same(counts.slice(0, 2), [0, 0]);
  t.ok((counts[2] ?? 0) > 2, `${counts[2]} applied`);
});

t.test("the runtime role has the planner settings of ADR 21", async (t) => {
  const runtime = await connect(as("orders_app", "two", "orders"));
  for (const name of ["enable_seqscan", "jit"])
    t.match(await runtime.query(`show ${name}`), { rows: [{ [name]: "off" }] });
});

t.test("a role that does not own the database migrates it and prints the statements for the owner", async (t) => {
  await owner.query("grant usage on schema public to orders with grant option");
  await admin.query("alter database orders owner to postgres; grant connect, create on database orders to orders");
  t.teardown(() => admin.query("alter database orders owner to orders"));
  const { code, output } = await migrate();
  t.equal(code, 0, output);
  t.match(
    output,
    'should run: alter database "orders" set enable_seqscan = off; alter database "orders" set jit = off;',
  );
});

t.test("a run waits for another run until the timeout", async (t) => {
  await owner.query("select pg_advisory_lock(hashtextextended('sidecart migrations', 0))");
  t.match(await migrate({ SIDECART_WAIT_SECONDS: "1" }), { code: 1, output: /lock timeout/ });
  const waiting = migrate();
  await blocked();
  await owner.query("select pg_advisory_unlock_all()");
  t.match(await waiting, { code: 0, output: /0 migrations applied/ });
});

t.test("an older version keeps the migrations of a newer one", async (t) => {
  await owner.query("insert into service_migrations (name, run_on) values ('9999_of_tomorrow', now())");
  t.match(await migrate(), { code: 0, output: /0 migrations applied/ });
  t.match(await owner.query("select from service_migrations where name = '9999_of_tomorrow'"), { rowCount: 1 });
});

t.test("a migration that waits for a table lock lets other statements run", async (t) => {
  // Undo the last migrations of the platform, which change the outbox.
  await owner.query("delete from platform_migrations where name <> '0001_messaging'");
  await owner.query("drop index outbox_age, dead_letters_age");
  await owner.query("alter table outbox drop constraint outbox_event_size");
  await owner.query("drop function published_bytes");
  const reader = await connect(url);
  await reader.query("begin");
  await reader.query("select from outbox");
  const waiting = migrate();
  await blocked();
  const { rowCount } = await eventually("the migration to release its place in the lock queue", async () => {
    return owner.query("select from outbox");
  });
  t.equal(rowCount, 0);
  await reader.query("commit");
  const { code, output } = await waiting;
  t.equal(code, 0, output);
  t.match(output, "3 migrations applied");
});
