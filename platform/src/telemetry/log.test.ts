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
  log.info({ err: Object.assign(new Error("bad"), secrets) }, "in an error");
  log.child(secrets).info("in a child");
  t.equal(written.length, 5);
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
