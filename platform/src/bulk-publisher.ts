import { background } from "./call.ts";
import { toCloudEvent, type WrittenRow } from "./events.ts";
import type { Logger } from "./log.ts";
import type { BulkEntry, Sidecar } from "./sidecar.ts";

/** A sidecar takes messages of up to 4 MiB; an event (events.ts) is never larger than this. */
const maxBulkBytes = 1024 * 1024;
/** How many events of refused bulks are remembered. */
const maxSuspects = 1_000;
const timeoutMs = 8_000;

export type BulkPublisherOptions = { sidecar: Sidecar; appId: string; pubsub: string; log: Logger };

/** Publishes rows in bulk; answers the ids that the broker did not take, or may not have taken. */
export type BulkPublisher = (rows: WrittenRow[]) => Promise<Set<string>>;

/**
 * When a broker refuses one event, the sidecar calls the whole bulk failed and does not say which one it was. So the
 * events of a failed bulk go alone the next time: the others get through, some of them twice.
 */
export function createBulkPublisher({ sidecar, appId, pubsub, log }: BulkPublisherOptions): BulkPublisher {
  const suspects = new Set<string>();

  async function publishTopic(topic: string, rows: WrittenRow[]): Promise<string[]> {
    const entries = rows.map((row) => entryOf(row, appId));
    const alone = entries.filter(({ id }) => suspects.has(id)).map((entry) => [entry]);
    const together = bulks(entries.filter(({ id }) => !suspects.has(id)));
    const refused = await Promise.all([...together, ...alone].map((bulk) => publishBulk(topic, bulk)));
    return refused.flat();
  }

  async function publishBulk(topic: string, entries: BulkEntry[]): Promise<string[]> {
    const ids = entries.map(({ id }) => id);
    const failed = await tryBulk(topic, entries);
    for (const id of ids) suspects.delete(id);
    // an event that goes alone for the second time still does
    for (const id of failed) if (suspects.size < maxSuspects) suspects.add(id);
    return failed;
  }

  async function tryBulk(topic: string, entries: BulkEntry[]): Promise<string[]> {
    try {
      const refused = await sidecar.publish(pubsub, topic, entries, background(timeoutMs));
      if (refused.size > 0) log.warn({ topic, refused: refused.size }, "outbox: the broker refused some events");
      return [...refused.keys()];
    } catch (error) {
      log.warn({ err: error, topic, events: entries.length }, "outbox: publishing failed");
      return entries.map(({ id }) => id);
    }
  }

  return async (rows) => {
    const byTopic = Object.entries(Object.groupBy(rows, (row) => row.topic));
    const failures = await Promise.all(byTopic.map(([topic, some]) => publishTopic(topic, some ?? [])));
    return new Set(failures.flat());
  };
}

/** The key goes along under the name that Dapr has for it; brokers without such a thing pass over it. */
function entryOf(row: WrittenRow, appId: string): BulkEntry {
  return {
    id: row.id,
    event: toCloudEvent(row, appId, row.createdAt),
    contentType: "application/cloudevents+json",
    metadata: { partitionKey: row.key },
  };
}

/** Cuts a list of events into calls that the sidecar accepts. */
export function bulks(entries: BulkEntry[]): BulkEntry[][] {
  const cut: BulkEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    bytes += entry.event.length;
    if (bytes > maxBulkBytes) {
      cut.push([]);
      bytes = entry.event.length;
    }
    cut.at(-1)?.push(entry);
  }
  return cut;
}
