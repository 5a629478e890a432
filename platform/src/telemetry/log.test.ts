import t from "tap";
import { AppError, commonErrors } from "../rpc/errors.ts";
import { createLogger } from "./log.ts";

/** A log and the lines that were written to it. */
function logTo(level = "trace") {
  const written: string[] = [];
  const log = createLogger("orders", level, { write: (line) => void written.push(line) });
  return { log, written, last: () => JSON.parse(written.at(-1) ?? "") };
}

t.test("a line is JSON with its level by name, its time and its app", async (t) => {
  const { log, last } = logTo();
  log.warn({ orderId: "1" }, "late");
  t.match(last(), { level: "warn", app: "orders", orderId: "1", msg: "late", time: /^\d{4}-\d\d-\d\dT.*Z$/ });
  t.notOk("pid" in last() || "hostname" in last());
});

t.test("lines below the level are not written", async (t) => {
  const { log, written } = logTo("warn");
  log.info("small talk");
  log.error("trouble");
  t.equal(written.length, 1);
});

t.test("no secret reaches a line, as deep as three objects", async (t) => {
  const keys = ["authorization", "password", "token", "accessToken", "refreshToken", "connectionString", "jwks"];
  const secrets = Object.fromEntries(keys.map((key) => [key, "hunter2"]));
  const { log, written } = logTo();
  log.info(secrets, "flat");
  log.info({ request: secrets }, "one deep");
  log.info({ request: { headers: secrets } }, "two deep");
  log.child(secrets).info("in a child");
  t.equal(written.length, 4);
  for (const line of written) {
    t.notMatch(line, "hunter2");
    t.match(line, /\[redacted\]/);
  }
});

t.test("an error is written with all its causes", async (t) => {
  const { log, last } = logTo();
  const cause = new Error("statement order.place", { cause: new Error("connection refused") });
  log.error({ err: new AppError(commonErrors.unavailable, { cause }) }, "call failed");
  t.match(last().err.stack, /statement order\.place[\s\S]*connection refused/);
});

t.test("of an error only name, code, message and stack are written, with those of its causes", async (t) => {
  const { log, written, last } = logTo();
  const command = { name: "auth", args: ["hunter2"] };
  const cause = Object.assign(new Error("WRONGPASS invalid username-password pair"), { command, code: "WRONGPASS" });
  const err = Object.assign(new Error("no log-in", { cause }), {
    command,
    code: 7,
    meta: { headers: { authorization: "Basic hunter2" } },
    config: { password: "hunter2" },
  });
  log.error({ err }, "refused");
  log.error(err);
  log.error({ err: new AggregateError([err], "all failed") });
  for (const line of written) t.notMatch(line, "hunter2");
  t.same(Object.keys(JSON.parse(written[0] ?? "").err), ["type", "code", "message", "stack"]);
  t.match(JSON.parse(written[0] ?? "").err, { type: "Error", code: 7, message: "no log-in", stack: /WRONGPASS/ });
  t.match(last().err.stack, /all failed[\s\S]*no log-in/);
});

t.test("a credential in a message is masked, whatever surrounds it", async (t) => {
  const { log, written } = logTo();
  const messages = [
    "connect redis://default:hunter2@redis:6379/0 failed",
    "parse postgres://orders:hun%20hunter2:ter2@db/orders?sslmode=require",
    "amqp://guest:hunter2@broker: dial",
    "not a URL: postgres://orders:a/hunter2?b#c@db/orders",
    `${"x".repeat(3_960)} redis://default:a-long-password-hunter2-that-goes-on@redis:6379`,
    `${"x".repeat(3_970)} redis://default:hunter2-a-password-that-goes-on@redis:6379`,
    "https://hunter2@search.example.com/_search",
    "refused authorization: Bearer hunter2hunter2.abc-def_g",
    "header Basic aHVudGVyMg==hunter2",
    "host=db user=orders password=hunter2 dbname=orders",
    'body {"password":"hunter2","clientSecret" : "hunter2"}',
    "GET /a?access_token=hunter2&b=1",
  ];
  for (const message of messages) log.error({ err: new Error(message, { cause: new Error(message) }) }, "failed");
  t.equal(written.length, messages.length);
  for (const line of written) t.notMatch(line, "hunter2");
  log.error({ err: new Error("password authentication failed for user orders; token: too short; a@b.c") });
  t.match(written.at(-1), /password authentication failed for user orders; token: too short; a@b\.c/);
});
