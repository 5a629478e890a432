import t from "tap";
import { createLogger } from "../telemetry/log.ts";
import { createProblems } from "./problems.ts";

t.test("problems are logged when they change, and again every five minutes", async (t) => {
  const lines: string[] = [];
  const log = createLogger("test", "silent");
  log.error = (_entry: object, text?: string) => void lines.push(`error ${text}`);
  log.info = (text: string) => void lines.push(`info ${text}`);
  let now = 0;
  const problems = createProblems(log, { now: () => new Date(now) });
  problems.report("sidecar", []);
  t.same(lines, [], "no problem at the start");
  for (let check = 0; check < 60; check += 1) {
    problems.report("sidecar", ["no database"]);
    now += 5_000;
  }
  t.same(lines, ["error not ready: no database"]);
  problems.report("sidecar", ["no database"]);
  problems.report("access", ["no keys"]);
  t.same(lines.slice(1), ["error not ready: no database", "error not ready: no database; no keys"]);
  t.same(problems.all(), ["no database", "no keys"]);
  problems.report("sidecar", []);
  problems.report("access", []);
  t.same(lines.slice(3), ["error not ready: no keys", "info all problems are resolved"]);
});
