import { join } from "node:path";
import type { BatchObservableCallback } from "@opentelemetry/api";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { sqlFile } from "../database/sql-file.ts";
import { background } from "../rpc/call.ts";
import type { Logger } from "../telemetry/log.ts";
import { meter } from "../telemetry/telemetry.ts";
import { type Sweep, startSweep } from "./sweep.ts";

const everyMs = 20_000;
const timeoutMs = 5_000;
/** So that a flood of dead letters costs no more to count: this number means that many or more. */
const mostDeadLetters = 10_000;

const backlog = z.strictObject({ outboxAgeSeconds: z.number(), deadLetters: z.number() });
type Backlog = z.infer<typeof backlog>;
const measure = sqlFile(join(import.meta.dirname, "backlog.sql"))("backlog.measure", backlog);

/**
 * Measures what waits in the service's database: how old the oldest event is that is not published yet, and how many
 * dead letters a person has to look at. Every replica tells the same. While the database does not answer, none tells
 * anything: what is not known is not said.
 */
export function startBacklog(database: Database, log: Logger, everyMilliseconds: number = everyMs): Sweep {
  const age = meter().createObservableGauge("sidecart.outbox.age", {
    unit: "s",
    description: "Age of the oldest event that is not published yet; 0 when none waits",
  });
  const letters = meter().createObservableGauge("sidecart.dead_letters", {
    unit: "{dead_letter}",
    description: `Events that failed every try and wait for a person; ${mostDeadLetters} means that many or more`,
  });
  let last: Backlog | undefined;
  const tell: BatchObservableCallback = (result) => {
    if (!last) return;
    result.observe(age, last.outboxAgeSeconds);
    result.observe(letters, last.deadLetters);
  };
  meter().addBatchObservableCallback(tell, [age, letters]);
  const sweep = startSweep("backlog", everyMilliseconds, log, async ({ signal }) => {
    const measured = database.one(measure, { most: mostDeadLetters }, background(timeoutMs, signal));
    last = await measured.catch((error) => {
      last = undefined;
      throw error;
    });
  });
  return {
    async stop() {
      meter().removeBatchObservableCallback(tell, [age, letters]);
      await sweep.stop();
    },
  };
}
