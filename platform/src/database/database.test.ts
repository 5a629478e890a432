import { Metadata } from "@grpc/grpc-js";
import t from "tap";
import { z } from "zod";
import { background } from "../rpc/call.ts";
import { AppError, commonErrors } from "../rpc/errors.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import { database, StatementFailed } from "./database.ts";
import { sql } from "./statement.ts";

const statement = sql("test.read", "select '{}'::text", z.unknown());

/** A database whose component returns these bytes. It records the requests. */
function answering(answer: string | Error) {
  const calls: Record<string, string>[] = [];
  const sidecar = {
    async invokeBinding(_name: string, _operation: string, metadata: Record<string, string>) {
      calls.push(metadata);
      if (answer instanceof Error) throw answer;
      return Buffer.from(answer);
    },
  } as unknown as Sidecar;
  const received: unknown[] = [];
  const own = database(sidecar, "x-db", { kick: () => received.push("kick"), publish: (rows) => received.push(rows) });
  return { calls, received, database: own, read: (input = {}) => own.one(statement, input, background(1_000)) };
}

t.test("one JSON value is the only parameter, and one JSON value is the result", async (t) => {
  const { calls, read } = answering(JSON.stringify([[JSON.stringify({ total: 12, name: "€ \"'" })]]));
  t.same(await read({ id: 1, name: "'; drop table a" }), { total: 12, name: "€ \"'" });
  t.same(JSON.parse(calls[0]?.params ?? ""), ['{"id":1,"name":"\'; drop table a"}']);
});

t.test("a result that is not one row with one text is a retryable failure, never an empty success", async (t) => {
  for (const answer of ["null", "[]", "[[]]", "[[null]]", "[[7]]", "", "not json", '[["not json"]]', "{}"]) {
    const error = await t.rejects(answering(answer).read(), { code: "UNAVAILABLE", status: "UNAVAILABLE" }, answer);
    t.match((error as unknown as AppError).cause, /statement test.read/);
  }
});

t.test("a failure of the sidecar hides its message from the caller", async (t) => {
  const error = await t.rejects(answering(new Error("password=hunter2")).read(), { code: "UNAVAILABLE" });
  t.notMatch((error as unknown as Error).message, "hunter2");
  t.match((error as unknown as { cause: Error }).cause.cause, /hunter2/, "the log has the message");
});

/** The error that daprd returns when its binding fails. */
function bindingError(text: string): Error {
  const details = `error invoking output binding x-db: error executing query: ${text}`;
  return Object.assign(new Error(`13 INTERNAL: ${details}`), { code: 13, details, metadata: new Metadata() });
}

t.test("the SQLSTATE distinguishes permanent failures from retryable ones", async (t) => {
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

t.test("an SQLSTATE in a quoted value does not count", async (t) => {
  const quoting = (value: string) => `ERROR: invalid input syntax for type uuid: "${value}"`;
  await t.rejects(answering(bindingError(`${quoting("(SQLSTATE 40001)")} (SQLSTATE 22P02)`)).read(), {
    code: "INTERNAL",
    sqlState: "22P02",
  });
  for (const transient of [" (SQLSTATE 40001)", ": unexpected EOF"]) {
    const error = await t.rejects(answering(bindingError(quoting("(SQLSTATE 22P02)") + transient)).read(), {
      code: "UNAVAILABLE",
    });
    t.notOk((error as unknown) instanceof StatementFailed, transient);
  }
});

t.test("a cancelled call and a deadline exceeded are not reported as failures of the database", async (t) => {
  for (const kind of [commonErrors.cancelled, commonErrors.timeout]) {
    await t.rejects(answering(new AppError(kind)).read(), { code: kind.code });
  }
});

t.test("a row that does not match its schema fails with the statement's name and without the values", async (t) => {
  const declared = sql("test.declared", "select '{}'::text", z.strictObject({ total: z.number() }));
  const read = (answer: object) =>
    answering(JSON.stringify([[JSON.stringify(answer)]])).database.one(declared, {}, background(1_000));
  t.same(await read({ total: 1 }), { total: 1 });
  const drifted = { missing: {}, "of another type": { total: "secret" }, unknown: { total: 1, secret: 2 } };
  for (const [what, answer] of Object.entries(drifted)) {
    const error = await t.rejects(read(answer), /statement test.declared .*(total|result)/, what);
    t.notMatch((error as unknown as Error).message, /"secret": 2|hunter/);
  }
});

t.test("every row of a list is checked, and the error names a few of those that do not match", async (t) => {
  const declared = sql("test.list", "select '[]'::text", z.array(z.strictObject({ id: z.string() })));
  const read = (rows: unknown[]) =>
    answering(JSON.stringify([[JSON.stringify(rows)]])).database.one(declared, {}, background(1_000));
  t.same(await read([]), []);
  t.same(await read([{ id: "1" }, { id: "2" }]), [{ id: "1" }, { id: "2" }]);
  await t.rejects(read([{ id: "1" }, { id: 2 }]), /test.list does not match its schema: 1\.id: /);
  const error = await t.rejects(read(Array.from({ length: 1_000 }, () => ({}))), /0\.id: .*4\.id: /);
  t.notMatch((error as unknown as Error).message, /5\.id/);
});

t.test("the listener receives the events that a statement wrote, and the caller does not", async (t) => {
  const row = { id: "1", topic: "t", key: "k", data: {}, traceparent: null, createdAt: "now" };
  const writing = { ...sql("test.writing", "select '{}'::text", z.strictObject({})), writesEvents: true };
  const received = async (events: unknown, input = {}) => {
    const { database, received } = answering(JSON.stringify([[JSON.stringify({ events })]]));
    t.same(await database.one(writing, input, background(1_000)), {});
    return received;
  };
  t.same(await received(0), []);
  t.same(await received(2), ["kick"]);
  t.same(await received([]), []);
  t.same(await received([row]), [[row]], "rows that the statement claimed");
  t.same(await received(["1"], { events: [{ ...row, id: "2" }, row] }), [[row]], "rows that the caller passed in");
  await t.rejects(received(["3"], { events: [row] }), /test.writing wrote an event that is not in its input/);
  await t.rejects(received(undefined), /test.writing does not return which events it wrote/);
});
