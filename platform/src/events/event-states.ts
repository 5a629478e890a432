import { join } from "node:path";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { sqlFile } from "../database/sql-file.ts";
import type { CallContext } from "../rpc/call.ts";

const state = z.strictObject({
  eventId: z.string(),
  /** It is in this service's outbox, so it is not published yet. */
  waiting: z.boolean(),
  handledAt: z.string().nullable(),
  deadLetter: z.strictObject({ error: z.string(), attempts: z.number(), diedAt: z.string() }).nullable(),
});

const states = sqlFile(join(import.meta.dirname, "event-states.sql"))("events.states", z.array(state));

/** What this service knows of these events, each once and in any order. */
export const eventStates = (database: Database, ids: string[], context: CallContext) =>
  database.one(states, { ids: [...new Set(ids)] }, context);
