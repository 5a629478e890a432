import { Metadata } from "@grpc/grpc-js";
import t from "tap";
import { background } from "../rpc/call.ts";
import { AppError, commonErrors } from "../rpc/errors.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import { database, instant, StatementFailed, sql } from "./database.ts";

const statement = sql("test.read", "select '{}'::text");

/** A database whose component answers with these bytes; what it was asked is kept. */
function answering(answer: string | Error) {
  const asked: Record<string, string>[] = [];
  const sidecar = {
    async invokeBinding(_name: string, _operation: string, metadata: Record<string, string>) {
      asked.push(metadata);
      if (answer instanceof Error) throw answer;
      return Buffer.from(answer);
    },
  } as unknown as Sidecar;
  return { asked, read: (input = {}) => database(sidecar, "x-db").one(statement, input, background(1_000)) };
}

t.test("white space is folded: the text comes back in a header with every answer", async (t) => {
  t.same(sql("a", "  select\n\t 1 ::text\n"), { name: "a", text: "select 1 ::text" });
});

t.test("a statement that cannot keep the contract is refused when it is declared", async (t) => {
  for (const text of ["insert into a values (1)", "update a set b = 1", "delete from a", "", "withdraw"]) {
    t.throws(() => sql("bad", text), /bad: a statement returns one row/);
  }
  t.throws(() => sql("bad", "select 1 -- one\n, 2"), /bad: a comment would swallow the rest/);
});

t.test("one JSON value goes in as one parameter, and one comes out", async (t) => {
  const { asked, read } = answering(JSON.stringify([[JSON.stringify({ total: 12, name: "€ \"'" })]]));
  t.same(await read({ id: 1, name: "'; drop table a" }), { total: 12, name: "€ \"'" });
  t.same(JSON.parse(asked[0]?.params ?? ""), ['{"id":1,"name":"\'; drop table a"}']);
});

t.test("anything but one row with one text is a failure that may pass, never an empty success", async (t) => {
  for (const answer of ["null", "[]", "[[]]", "[[null]]", "[[7]]", "", "not json", '[["not json"]]', "{}"]) {
    const error = await t.rejects(answering(answer).read(), { code: "UNAVAILABLE", status: "UNAVAILABLE" }, answer);
    t.match((error as unknown as AppError).cause, /statement test.read/);
  }
});

t.test("a failure of the sidecar is told without its words", async (t) => {
  const error = await t.rejects(answering(new Error("password=hunter2")).read(), { code: "UNAVAILABLE" });
  t.notMatch((error as unknown as Error).message, "hunter2");
  t.match((error as unknown as { cause: Error }).cause.cause, /hunter2/, "the log gets them");
});

/** What daprd answers for an error of its binding. */
function bindingError(text: string): Error {
  const details = `error invoking output binding x-db: error executing query: ${text}`;
  return Object.assign(new Error(`13 INTERNAL: ${details}`), { code: 13, details, metadata: new Metadata() });
}

t.test("what no retry can mend is told apart from what may pass, by its SQLSTATE", async (t) => {
  for (const state of ["42703", "42601", "42P01", "22P02", "23514", "23502", "23503", "21000", "P0001"]) {
    const error = await t.rejects(answering(bindingError(`ERROR: trouble (SQLSTATE ${state})`)).read(), {
      code: "INTERNAL",
      sqlState: state,
    });
    t.ok((error as unknown) instanceof StatementFailed, state);
  }
  for (const state of [
    "40001",
    "40P01",
    "57P01",
    "57P03",
    "57014",
    "53300",
    "55P03",
    "08006",
    "28P01",
    "3D000",
    "XX000",
  ]) {
    const error = await t.rejects(answering(bindingError(`FATAL: trouble (SQLSTATE ${state})`)).read(), {
      code: "UNAVAILABLE",
    });
    t.notOk((error as unknown) instanceof StatementFailed, state);
  }
});

t.test("a caller that went away, or waited too long, is not told that something is broken", async (t) => {
  for (const kind of [commonErrors.cancelled, commonErrors.timeout]) {
    await t.rejects(answering(new AppError(kind)).read(), { code: kind.code });
  }
});

t.test("instants are of one form in all statements", async (t) => {
  t.match(instant("a.b"), /^to_char\(a\.b at time zone 'UTC', /);
});
