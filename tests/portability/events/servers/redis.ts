import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { streamsOf } from "../../../support/streams.ts";

/** Of every group of every stream, what it has not read (lag) or not acknowledged (pending). */
export async function redisBacklog(t: Test, system: Launched): Promise<() => Promise<number>> {
  return (await streamsOf(t, { system })).unread;
}
