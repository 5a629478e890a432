import { once } from "node:events";
import t from "tap";
import type { CallContext } from "../rpc/call.ts";
import { createLogger } from "../telemetry/log.ts";
import { startSweep } from "./sweep.ts";

const log = createLogger("test", "silent");

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

/** Resolves when `work` has run this often. */
function counted(times: number, work: (turn: number, context: CallContext) => Promise<void> = async () => {}) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let turn = 0;
  let running = 0;
  let most = 0;
  return {
    done: promise,
    most: () => most,
    turns: () => turn,
    work: async (context: CallContext) => {
      turn += 1;
      running += 1;
      most = Math.max(most, running);
      if (turn >= times) resolve();
      await work(turn, context).finally(() => {
        running -= 1;
      });
    },
  };
}

t.test("a sweep repeats, one run at a time", async (t) => {
  const sweep = counted(5, () => new Promise((resolve) => setImmediate(resolve)));
  const { stop } = startSweep("test", 1, log, sweep.work);
  await sweep.done;
  await stop();
  t.equal(sweep.most(), 1);
});

t.test("a failed run does not end the sweep", async (t) => {
  const sweep = counted(4, async () => {
    throw new Error("this time not");
  });
  const { stop } = startSweep("test", 1, log, sweep.work);
  await sweep.done;
  await stop();
  t.ok(sweep.turns() >= 4);
});

t.test("stopping aborts the run in progress, waits for it, and starts no other", async (t) => {
  const before = timers();
  let ended = false;
  const sweep = counted(1, async (_turn, { signal }) => {
    await once(signal, "abort");
    await new Promise((resolve) => setImmediate(resolve));
    ended = true;
  });
  const { stop } = startSweep("test", 1, log, sweep.work);
  await sweep.done;
  await stop();
  t.ok(ended);
  t.equal(timers(), before, "no timer is left that could start a run");
  t.equal(sweep.turns(), 1);
});

t.test("a sweep that is stopped before its first run never runs", async (t) => {
  const before = timers();
  const sweep = counted(1);
  const { stop } = startSweep("test", 1, log, sweep.work);
  t.equal(timers(), before + 1);
  await stop();
  t.equal(timers(), before);
  t.equal(sweep.turns(), 0);
});
