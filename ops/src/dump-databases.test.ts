import { writeFile } from "node:fs/promises";
import { join } from "node:path";
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

/** Tables with their columns, views, functions, types and rows. */
const contents = async (client: pg.Client) => {
  const { rows } = await client.query(`
    select format('%s %s %s', c.relkind, c.relname, a.attname) as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
    union all select proname from pg_proc where pronamespace = 'public'::regnamespace
    union all select typname from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    union all select 'migration ' || name from done_migrations
    order by 1`);
  return rows.map(({ name }) => name);
};

t.test("a restore into a database with later migrations ends in the state of the dump", async (t) => {
  const folder = t.testdir();
  const [client] = clients as [pg.Client];
  await client.query(`create table done_migrations (name text); insert into done_migrations values ('1');
    create type size as enum ('s', 'm'); create view early as select id from outbox`);
  await dumpDatabases(databases, folder);
  const before = await contents(client);
  await client.query(`insert into done_migrations values ('2');
    create type "Colour" as enum ('red'); create domain small as int check (value < 9);
    alter table outbox add column colour "Colour"; alter table inbox rename column id to event_id;
    create table "Later" (id serial primary key, outbox_id int references outbox);
    create view latest as select * from "Later"; create materialized view kept as select * from outbox;
    create function twice(n int) returns int language sql as 'select n * 2';
    create function later("Later") returns int language sql as 'select 1'`);
  t.not((await contents(client)).length, before.length);
  await restoreDatabases(databases, folder);
  t.same(await contents(client), before);
  await client.query(`create table "Later" (id serial primary key, outbox_id int references outbox)`);
  await restoreDatabases(databases, folder);
  t.same(await contents(client), before, "again, after the migration was applied again");
});

t.test("a dump that cannot be read changes no database", async (t) => {
  const folder = t.testdir();
  await dumpDatabases(databases, folder);
  await writeFile(join(folder, "second.dump"), "not a dump");
  await clients[0]?.query("create table of_today (id int)");
  await t.rejects(restoreDatabases(databases, folder), /pg_restore/);
  t.equal((await clients[0]?.query("select from of_today"))?.rowCount, 0);
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
