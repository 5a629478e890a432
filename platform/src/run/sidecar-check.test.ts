import { mock } from "node:test";
import t from "tap";
import { AppError, commonErrors } from "../rpc/errors.ts";
import type { SidecarMetadata } from "../rpc/sidecar-metadata.ts";
import { createLogger } from "../telemetry/log.ts";
import { createProblems } from "./problems.ts";
import { createSidecarCheck } from "./sidecar-check.ts";

const log = createLogger("audit", "silent");
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A check of a sidecar that has loaded these components; an error is its response. */
function checking(loaded: { components: string[] | Error }) {
  const problems = createProblems(log);
  const metadata = async (): Promise<SidecarMetadata> => {
    if (loaded.components instanceof Error) throw loaded.components;
    return { components: loaded.components, resiliencies: ["sidecart"] };
  };
  return { problems, check: createSidecarCheck("audit", { metadata }, problems) };
}

const lacking = ["component audit-db is not loaded by the sidecar of audit"];

t.test("the check waits until the sidecar has loaded everything, and reports what is missing", async (t) => {
  const loaded = { components: ["pubsub"] };
  const { check, problems } = checking(loaded);
  const done = check.untilLoaded(["audit-db", "pubsub"]);
  await turn();
  t.same(problems.all(), lacking);
  t.notOk(check.passes());
  loaded.components.push("audit-db");
  await done;
  t.same(problems.all(), []);
  t.ok(check.passes());
});

t.test("a sidecar that does not respond is awaited, and is no problem", async (t) => {
  const loaded: { components: string[] | Error } = { components: new AppError(commonErrors.unavailable) };
  const { check, problems } = checking(loaded);
  const done = check.untilLoaded(["audit-db"]);
  await turn();
  t.same(problems.all(), []);
  loaded.components = ["audit-db"];
  await t.resolves(done);
});

t.test("an error that no retry can mend ends the start", async (t) => {
  const { check } = checking({ components: new AppError(commonErrors.internal) });
  await t.rejects(check.untilLoaded(["audit-db"]), { code: "INTERNAL" });
});

t.test("a sidecar that restarts with less is reported, and one that is away changes nothing", async (t) => {
  const loaded: { components: string[] | Error } = { components: ["audit-db"] };
  const { check, problems } = checking(loaded);
  await check.untilLoaded(["audit-db"]);
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const sweep = check.watch(log);
  t.teardown(() => sweep.stop());
  const later = () => {
    mock.timers.tick(5_000);
    return turn();
  };
  loaded.components = [];
  await later();
  t.same(problems.all(), lacking);
  t.notOk(check.passes());
  loaded.components = new AppError(commonErrors.unavailable);
  await later();
  t.same(problems.all(), lacking);
  loaded.components = ["audit-db"];
  await later();
  t.same(problems.all(), []);
  t.ok(check.passes());
});
