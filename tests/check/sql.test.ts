import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { problemsOf } from "./sql.ts";

async function problemsIn(t: Test, texts: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-sql-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return problemsOf(folder, Object.keys(texts));
}

t.test("a correct file has no problem, with fragments, constants and input", async (t) => {
  const text = `-- fragment: both(a)
coalesce(:a, :most)
-- name: a.read
with input as (:input(id uuid)) -- a comment; with a semicolon
select jsonb_build_object('both', :both(1))::text from input
`;
  t.same(await problemsIn(t, { "src/a.sql": text }), []);
});

t.test("a typo is named with its file, its statement and the text around it", async (t) => {
  const bad = "-- name: a.good\nselect '1'::text\n-- name: a.bad\nselect '1'::text form a\n";
  t.match(await problemsIn(t, { "src/a.sql": bad }), [
    /^src\/a\.sql: a\.bad: syntax error at or near "a": .*text form a/,
  ]);
});

t.test(
  "a typo in a fragment is named for each statement that uses it, and an unused fragment is refused",
  async (t) => {
    const text =
      "-- fragment: part()\ncase when then 1 end\n-- fragment: rest()\n1\n-- name: a.b\nselect (:part())::text\n";
    t.match(await problemsIn(t, { "src/a.sql": text }), [
      /^src\/a\.sql: a\.b: syntax error at or near "then"/,
      /^src\/a\.sql: no statement uses the fragment rest$/,
    ]);
    t.match(await problemsIn(t, { "src/b.sql": "-- name: b.c\nselect (:unknown())::text\n" }), [
      "src/b.sql: there is no fragment unknown",
    ]);
  },
);

t.test("a migration is parsed as a whole", async (t) => {
  const migrations = {
    "platform/migrations/0001_a.sql":
      "-- Up Migration\ncreate table a (id uuid primary key);\ncreate index on a (id);\n",
    "platform/migrations/0002_b.sql": "create table b (id uuid primary key,);\n",
  };
  t.match(await problemsIn(t, migrations), [/^platform\/migrations\/0002_b\.sql: syntax error at or near "\)"/]);
});
