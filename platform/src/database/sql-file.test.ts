import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import { sqlFile } from "./sql-file.ts";
import { sql } from "./statement.ts";

/** The text of statement `x` in a file with this content. */
function textOf(t: Test, content: string, constants = {}): string {
  const folder = t.testdir({ "x.sql": content });
  return sqlFile(join(folder, "x.sql"), constants)("x", z.unknown()).text;
}

t.test("comments are removed, white space is folded, literals stay unchanged", async (t) => {
  t.equal(sql("a", "  select -- one\n\t '--  :x  ' ::text\n", z.unknown()).text, "select '--  :x  ' ::text");
  t.equal(
    textOf(t, "-- first\n-- name: x\n-- it's a comment\nselect 1 -- (\n  ::text\n\n-- name: y\nselect 2::text"),
    "select 1 ::text",
  );
});

t.test("fragments are expanded, with arguments and nested", async (t) => {
  const file = `
-- fragment: money(o)
  jsonb_build_object('price', :o.price, 'at', :instant(:o.at))
-- fragment: both(o, rest)
  :money(:o) || f(:rest)
-- name: x
  select (:both((select a, ')' from b), 1, g(2, 3)))::text`;
  t.equal(
    textOf(t, file),
    "select (jsonb_build_object('price', (select a, ')' from b).price, 'at', to_char((select a, ')' from b).at at time " +
      `zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || f(1, g(2, 3)))::text`,
  );
});

t.test("input keys in camelCase are read as columns in snake_case", async (t) => {
  t.equal(
    textOf(t, "-- name: x\nwith input as (:input(id uuid, account_id uuid, limit int)) select a::text from input"),
    'with input as (select "id" as "id", "accountId" as "account_id", "limit" as "limit" from ' +
      'jsonb_to_record($1::jsonb) as i("id" uuid, "accountId" uuid, "limit" int)) select a::text from input',
  );
  t.equal(
    textOf(t, "-- name: x\nselect a::text from :records($1::jsonb->'lines', unit_price numeric(9, 2)) as l"),
    `select a::text from lateral (select "unitPrice" as "unit_price" from jsonb_to_recordset($1::jsonb->'lines') ` +
      'as i("unitPrice" numeric(9, 2))) as l',
  );
});

t.test("columns can have comments", async (t) => {
  const [input, records] = [
    "with input as (:input(id uuid, -- the owner's, or (null\n  account_id uuid -- last\n)) select a::text from input",
    "select a::text from :records($1::jsonb->'--', -- source, and\n  unit_price int -- minor\n) as l",
  ];
  t.match(textOf(t, `-- name: x\n${input}`), 'as i("id" uuid, "accountId" uuid)');
  t.match(textOf(t, `-- name: x\n${records}`), `jsonb_to_recordset($1::jsonb->'--') as i("unitPrice" int)`);
});

t.test("constants are literals; a file can include another file's fragments", async (t) => {
  t.equal(
    textOf(t, "-- name: x\nselect (:most, :topic)::text", { most: 5, topic: "it's" }),
    "select (5, 'it''s')::text",
  );
  const folder = t.testdir({
    "x.sql": "-- include: y.sql\n-- name: x\nselect :one()::text",
    "y.sql": "-- fragment: one()\n1",
  });
  t.equal(sqlFile(join(folder, "x.sql"))("x", z.unknown()).text, "select 1::text");
});

t.test("an error is found when the file is loaded, and names the statement", async (t) => {
  const folder = t.testdir({});
  const wrong = {
    "an unknown fragment": ["select :nothing(1)::text", /^x.sql: x: there is no fragment nothing$/],
    "an unknown value": ["select :nothing::text", /x: :nothing is neither a parameter nor a constant/],
    "too few arguments": ["select :event_row(a)::text", /event_row expects 2 arguments, but has 1/],
    "an open parenthesis": ["select :instant(a::text", /x: a parenthesis is not closed: a::text/],
    "a column without a type": ["with input as (:input(id)) select a::text from input", /x: "id" is not a column/],
    "no text": ["select 1", /x: a statement must end in select <jsonb>::text/],
    "two values": ["select 1, 2::text", /one row with one value/],
    "a text inside only": ["with a as (select 1::text) select a from a", /one row with one value/],
    "an update": ["update a set b = 1", /one row with one value/],
    nothing: ["", /one row with one value/],
    "an insert into the outbox": [
      "with a as (insert into outbox (id) select 1) select 1::text",
      /x: rows of the outbox must be written by a fragment: :write_events/,
    ],
    "an insert into the inbox": ["with a as (insert  into inbox select 1) select 1::text", /inbox .*:handle_once/],
    "events that are not answered": [
      "with a as (:write_events(select 1)) select 1::text",
      /x: :write_events\(\) needs :answer_events\(\)/,
    ],
    "claimed events that are not answered": [
      "with a as (:write_claimed_events(select 1)) select jsonb_build_object(:answer_events(a))::text",
      /:write_claimed_events\(\) needs :answer_claimed_events\(\) or :answer_given_events\(\)/,
    ],
  } as const;
  for (const [what, [text, message]] of Object.entries(wrong)) {
    writeFileSync(join(folder, "x.sql"), `-- name: x\n${text}`);
    t.throws(() => sqlFile(join(folder, "x.sql"))("x", z.unknown()), { message }, what);
  }
  writeFileSync(join(folder, "x.sql"), "-- name: x\nselect 1::text\n-- name: x\nselect 2::text");
  t.throws(() => sqlFile(join(folder, "x.sql")), /x.sql: x is defined twice/);
  writeFileSync(join(folder, "x.sql"), "-- name: y\nselect 1::text");
  t.throws(() => sqlFile(join(folder, "x.sql"))("x", z.unknown()), /x.sql: there is no statement x/);
});

t.test("only the platform's fragments write to outbox and inbox", async (t) => {
  const own = {
    "a fragment of the file": ["-- fragment: mine()\ninsert into outbox select 1 returning id", ":mine()"],
    "a fragment's argument": ["-- fragment: add(target)\ninsert into :target select 1 returning id", ":add(outbox)"],
    "a schema": ["", "insert into public.outbox select 1 returning id"],
    "a quoted name": ["", 'insert into "public" . "outbox" select 1 returning id'],
    "upper case": ["", "INSERT INTO OUTBOX select 1 returning id"],
    "a comment inside": ["", "insert -- one\n into -- two\n outbox select 1 returning id"],
    "a merge": ["", "merge into outbox using a on true when not matched then insert default values returning id"],
  };
  for (const [what, [fragment, write]] of Object.entries(own)) {
    const file = `${fragment}\n-- name: x\nwith a as (${write}) select count(*)::text from a`;
    t.throws(
      () => textOf(t, file),
      { message: /x: rows of the outbox must be written by a fragment: :write_ev/ },
      what,
    );
  }
  const hiding = "-- fragment: write_events(rows)\ninsert into outbox select 1\n-- name: x\nselect 1::text";
  t.throws(() => textOf(t, hiding), { message: "x.sql: the fragment write_events belongs to fragments.sql" });
  t.doesNotThrow(() => textOf(t, "-- name: x\nselect 'insert into outbox'::text"), "a literal");
  t.doesNotThrow(() => textOf(t, "-- name: x\nwith a as (insert into inbox_log select 1) select 1::text"));
  t.doesNotThrow(() => textOf(t, "-- name: x\nwith a as (:handle_once('x', select 1)) select 1::text"));
});

t.test("a file that includes itself is an error", async (t) => {
  const folder = t.testdir({
    "x.sql": "-- include: y.sql",
    "y.sql": "-- include: z.sql",
    "z.sql": "-- include: y.sql",
  });
  t.throws(() => sqlFile(join(folder, "x.sql")), { message: "y.sql includes itself: x.sql → y.sql → z.sql → y.sql" });
});

t.test("a statement that writes events is marked as one", async (t) => {
  const body =
    "-- name: x\nwith a as (:write_events(:given_events())) select jsonb_build_object(:answer_events(a))::text";
  const folder = t.testdir({ "x.sql": body });
  t.equal(sqlFile(join(folder, "x.sql"))("x", z.unknown()).writesEvents, true);
  t.equal(sql("y", "select 1::text", z.unknown()).writesEvents, false);
});
