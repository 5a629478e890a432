import t from "tap";
import { postgresServer } from "../../../tests/support/postgres.ts";
import { program } from "../../../tests/support/program.ts";

const file = "charts/jobs/src/create-database.ts";

const { url, as, start, connect } = await postgresServer(t);
const settings = (owner: string, runtime: string) => ({
  ADMIN_URL: url,
  DATABASE_URL: as("orders", owner, "orders_db"),
  RUNTIME_CONNECTION: `host=127.0.0.1 user=orders_app password=${runtime} database=orders_db`,
});
const create = (owner: string, runtime: string, more = {}) =>
  program(file, [], { ...settings(owner, runtime), ...more });

await t.test("an unreachable server is an error with its address and without a password", async (t) => {
  const { code, output } = await create("one", "two", { SIDECART_WAIT_SECONDS: "1" });
  t.equal(code, 1);
  t.match(output, /create-database: PostgreSQL at 127\.0\.0\.1:\d+ did not respond within 1 s: .*ECONNREFUSED/);
  t.notMatch(output, new URL(url).password);
});

await t.test("of four concurrent runs, started before the server, one creates the database", async (t) => {
  const { promise: waiting, resolve: reportWaiting } = Promise.withResolvers<void>();
  const first = program(file, [], settings("one", "two"), (output) => {
    if (output.includes("waiting for PostgreSQL at")) reportWaiting();
  });
  const others = Array.from({ length: 3 }, () => create("one", "two"));
  await waiting;
  await start();
  for (const { code, output } of await Promise.all([first, ...others])) {
    t.equal(code, 0, output);
    t.match(output, "orders_db: ready, owned by orders, used by orders_app");
  }
});

await t.test(
  "the owner may create tables, the runtime role may only connect, and other roles may not connect",
  async (t) => {
    const owner = await connect(as("orders", "one", "orders_db"));
    await owner.query("create table things (id int)");
    const runtime = await connect(as("orders_app", "two", "orders_db"));
    await t.rejects(runtime.query("create table others (id int)"), /permission denied/);
    await t.rejects(runtime.query("select * from things"), /permission denied/);
    const admin = await connect();
    await admin.query("create role stranger login password 'x'");
    await t.rejects(connect(as("stranger", "x", "orders_db")), /permission denied/);
  },
);

await t.test("a second run with other passwords changes the passwords and keeps the tables", async (t) => {
  t.match(await create("new one", "new-two"), { code: 0 });
  await t.rejects(connect(as("orders", "one", "orders_db")), /password authentication failed/);
  const owner = await connect(as("orders", "new one", "orders_db"));
  t.match(await owner.query("select count(*)::int from things"), { rows: [{ count: 0 }] });
});

await t.test("a database with only an owner, from a libpq connection string", async (t) => {
  const env = { ADMIN_URL: url, DATABASE_URL: "host=x user=state password=three database=state_db" };
  t.match(await program(file, [], env), { code: 0, output: "state_db: ready, owned by state" });
  await connect(as("state", "three", "state_db"));
});

await t.test("errors that a retry cannot fix are reported at once", async (t) => {
  const wrong = await create("one", "two", { ADMIN_URL: as("postgres", "wrong", "postgres") });
  t.match(wrong, { code: 1, output: /password authentication failed/ });
  const same = await create("one", "two", { RUNTIME_CONNECTION: "user=orders password=x" });
  t.match(same, { code: 1, output: /must not be the database's owner/ });
  const wild = await create("one", "two", { DATABASE_URL: "secret" });
  t.match(wild, { code: 1, output: /key=value/ });
  t.notMatch(wild.output, "secret");
});
