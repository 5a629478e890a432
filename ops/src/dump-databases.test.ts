import pg from "pg";
import t from "tap";
import { dumpablePostgres } from "../../tests/support/dumpable-postgres.ts";
import { eventually } from "../../tests/support/eventually.ts";
import { dumpDatabases } from "./dump-databases.ts";
import { databasesIn, runPostgresProgram } from "./postgres-programs.ts";
import { restoreDatabases } from "./restore-databases.ts";

t.setTimeout(120_000);
const names = ["first", "second"];
const { url, programs } = await dumpablePostgres(t);
process.env.SIDECART_POSTGRES_BIN = programs;

async function connect(to: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: to });
  client.on("error", () => {});
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

const admin = await connect(url);
const databases = names.map((service) => ({ service, url: Object.assign(new URL(url), { pathname: service }).href }));
for (const name of names) await admin.query(`create database ${name}`);
const clients = await Promise.all(databases.map((one) => connect(one.url)));
for (const client of clients)
  await client.query("create table outbox (id int primary key); create table inbox (id int)");
const counts = () =>
  Promise.all(
    clients.map(async (client) => Number((await client.query("select count(*) from outbox")).rows[0]?.count)),
  );

t.test("dumps are of one moment, while others write, and a restore returns to it", async (t) => {
  let written = 0;
  let stopped = false;
  // Each number goes to the first database and then to the second, as an order follows its reservation.
  const writing = (async () => {
    for (; !stopped; written += 1)
      for (const one of clients) await one.query("insert into outbox values ($1)", [written]);
  })();
  await eventually("some rows", async () => written > 100);
  const folder = t.testdir();
  t.same((await dumpDatabases(databases, folder)).services, names);
  const before = written;
  await eventually("later rows", async () => written > before + 100);
  stopped = true;
  await writing;
  const { publishedAgain } = await restoreDatabases(databases, folder);
  t.same(publishedAgain, { first: 0, second: 0 });
  const [first = 0, second = 0] = await counts();
  t.ok(first >= 100 && first <= before + 1, `${first} of ${written}`);
  t.ok(first === second || first === second + 1, `${first} and ${second}`);
});

t.test("a restore needs the address of every database of the dump", async (t) => {
  const folder = t.testdir();
  await dumpDatabases(databases, folder);
  await t.rejects(restoreDatabases(databases.slice(0, 1), folder), /no address of the database of second/);
});

t.test("a password in the query of an address is in no argument of a program, and in no error", async (t) => {
  const [first] = databases;
  const address = new URL(first?.url ?? "");
  const { username: user, password } = address;
  Object.assign(address, { username: "", password: "", search: `${new URLSearchParams({ user, password })}` });
  const [file, none] = [`${t.testdir()}/a.dump`, `${t.testdir()}/no/folder`];
  await runPostgresProgram("pg_dump", address.href, [`--file=${file}`]);
  const error = await runPostgresProgram("pg_dump", address.href, [`--file=${none}`]).catch(String);
  t.match(error, /pg_dump --dbname=postgres:\/\/127/);
  t.notMatch(error, password);
});

t.test("databases come from the environment, by service", async (t) => {
  const env = { DATABASE_URL_ORDERS: "postgres://a@b/o", DATABASE_URL_ACCOUNTS: "postgres://a@b/a", DATABASE_URL: "x" };
  t.same(databasesIn(env), [
    { service: "accounts", url: "postgres://a@b/a" },
    { service: "orders", url: "postgres://a@b/o" },
  ]);
  t.throws(() => databasesIn({ DATABASE_URL_ORDERS: "nowhere" }), /^DATABASE_URL_ORDERS must be a URL of/);
});
