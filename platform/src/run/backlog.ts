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
/** Limits the cost of counting after a flood of dead letters. This value means that many or more. */
const mostDeadLetters = 10_000;

const backlog = z.strictObject({
  outboxAgeSeconds: z.number(),
  deadLetters: z.number(),
  connections: z.number(),
  maxConnections: z.number(),
});
type Backlog = z.infer<typeof backlog>;
const measure = sqlFile(join(import.meta.dirname, "backlog.sql"))("backlog.measure", backlog);

/**
 * Measures the service's database: the age of the oldest unpublished event, the number of dead letters, and the
 * connections of its server. Every replica exposes the same values. While the database does not respond, the gauges are
 * absent, because the values are unknown.
 */
export function startBacklog(database: Database, log: Logger, everyMilliseconds: number = everyMs): Sweep {
  const { age, letters, connections, maxConnections } = gauges();
  const all = [age, letters, connections, maxConnections];
  let last: Backlog | undefined;
  const observe: BatchObservableCallback = (result) => {
    if (!last) return;
    result.observe(age, last.outboxAgeSeconds);
    result.observe(letters, last.deadLetters);
    result.observe(connections, last.connections);
    result.observe(maxConnections, last.maxConnections);
  };
  meter().addBatchObservableCallback(observe, all);
  const sweep = startSweep("backlog", everyMilliseconds, log, async ({ signal }) => {
    const measured = database.one(measure, { most: mostDeadLetters }, background(timeoutMs, signal));
    last = await measured.catch((error) => {
      last = undefined;
      throw error;
    });
  });
  return {
    async stop() {
      meter().removeBatchObservableCallback(observe, all);
      await sweep.stop();
    },
  };
}

function gauges() {
  return {
    age: meter().createObservableGauge("sidecart.outbox.age", {
      unit: "s",
      description: "Age of the oldest unpublished event; 0 when none waits",
    }),
    letters: meter().createObservableGauge("sidecart.dead_letters", {
      unit: "{dead_letter}",
      description: `Events that failed all attempts; ${mostDeadLetters} means that many or more`,
    }),
    connections: meter().createObservableGauge("sidecart.database.connections", {
      unit: "{connection}",
      description: "Connections to the PostgreSQL server, of all its databases and users",
    }),
    maxConnections: meter().createObservableGauge("sidecart.database.max_connections", {
      unit: "{connection}",
      description: "Connections that the PostgreSQL server allows to roles that are no superuser",
    }),
  };
}
